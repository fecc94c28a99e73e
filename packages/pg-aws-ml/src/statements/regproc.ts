import type { Node, TypeCast } from '@pgsql/types';
import { runNatively } from '../natively/run-natively.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { internalSchema } from '../stubs/names.js';
import { principalInvokeEndpoint } from '../stubs/sql/ml-functions.js';
import { statementKind } from './statement-handler.js';

/**
 * Where a statement looks up invoke_endpoint by name (`'aws_sagemaker.invoke_endpoint'::regproc`, `to_regproc(…)`) or by
 * its documented signature, PostgreSQL would find several functions or none. Returns the text with the constant that
 * names the principal one instead; the rest, and so every column name, stays as it is. Undefined where there is nothing
 * to change.
 *
 * Left alone: names in parameters and expressions, in escape strings and dollar quotes.
 *
 * @param sql one statement, whose tree is `node`
 * @param principal the OID of the function of `principalInvokeEndpoint`
 */
export function nameOneInvokeEndpoint(sql: string, node: Node, principal: number): string | undefined {
  if (!/invoke_endpoint/i.test(sql)) return undefined;
  const bytes = Buffer.from(sql, 'utf8');
  // A character a byte: locations count bytes.
  const text = bytes.toString('latin1');
  const changes: Change[] = [];
  visit(node, (tag, value) => {
    if (tag === 'TypeCast') changes.push(...castChanges(text, value as TypeCast, principal));
    if (tag === 'FuncCall') changes.push(...callChanges(text, value as Call, principal));
  });
  if (changes.length === 0) return undefined;
  const pieces: Buffer[] = [];
  let end = 0;
  for (const change of changes.sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(end, change.start), Buffer.from(change.text));
    end = change.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(end)]).toString('utf8');
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Call {
  readonly funcname?: readonly Node[];
  readonly args?: readonly Node[];
  readonly location?: number;
}

const byName = /'\s*aws_sagemaker\s*\.\s*invoke_endpoint\s*'/iy;
const bySignature =
  /'\s*aws_sagemaker\s*\.\s*invoke_endpoint\s*\(\s*(?:varchar|character varying)\s*,\s*(?:int|int4|integer)\s*,\s*(?:variadic\s+)?"any"\s*\)\s*'/iy;

function castChanges(sql: string, { arg, typeName }: TypeCast, principal: number): Change[] {
  const type = lastName(typeName?.names);
  if (arg === undefined || (type !== 'regproc' && type !== 'regprocedure')) return [];
  return constantChange(sql, arg, type === 'regproc' ? byName : bySignature, `'${principal}'`);
}

function callChanges(sql: string, { funcname, args = [], location = 0 }: Call, principal: number): Change[] {
  const name = lastName(funcname);
  const [first] = args;
  if (name === 'to_regproc' && first !== undefined && constantChange(sql, first, byName, '').length > 0) {
    // to_regproc takes no OID. The name of the function stays: it names the column.
    const written = matchAt(sql, /(?:pg_catalog\s*\.\s*)?to_regproc/iy, location);
    if (written === undefined) return [];
    return [{ start: location, end: location + written.length, text: `${internalSchema}.to_regproc` }];
  }
  if (name === 'has_function_privilege')
    return args.flatMap((a) => constantChange(sql, a, bySignature, `'${principal}'::oid`));
  if (name === 'to_regprocedure') {
    return args.flatMap((a) => constantChange(sql, a, bySignature, `'${principalInvokeEndpoint}'`));
  }
  return [];
}

function constantChange(sql: string, node: Node, pattern: RegExp, text: string): Change[] {
  const start = 'A_Const' in node ? locationOf(node.A_Const) : undefined;
  if (start === undefined) return [];
  const written = matchAt(sql, pattern, start);
  return written === undefined ? [] : [{ start, end: start + written.length, text }];
}

/** @param pattern with the flag y */
function matchAt(sql: string, pattern: RegExp, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

const locationOf = (constant: object): number | undefined =>
  'sval' in constant ? ((constant as { location?: number }).location ?? 0) : undefined;

function lastName(names: readonly Node[] | undefined): string | undefined {
  const last = names?.at(-1);
  return last !== undefined && 'String' in last ? last.String.sval : undefined;
}

/** Calls back for every object in the tree with the key under which it lies: for a node, its tag. */
function visit(value: unknown, found: (tag: string, value: unknown) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      found(key, inner);
      visit(inner, found);
    }
  }
}

/** A query that looks invoke_endpoint up by name. */
export const regproc = statementKind<StatementContext, string>({
  name: 'regproc',
  claims: (node, { session: { principalInvokeEndpoint: principal }, statement }) =>
    principal === null ? undefined : nameOneInvokeEndpoint(statement.text, node, principal),
  async run(context, text) {
    await runNatively(context, text);
    return 'answered';
  },
});
