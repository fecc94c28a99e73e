import {
  type Node,
  nameParts,
  type ParsedStatement,
  parseStatements,
  someNode,
  withLaterWordsQuoted,
} from 'pg-rewriter';
import type { ServerConnection, StatementDescription } from '../server/server-connection.js';
import type { Statement } from '../server/statement.js';
import { raiseError } from '../stubs/server-message.js';

const BPCHAR = 1042;
const FIRST_USER_OID = 16384;

/**
 * The number of a parameter that is a model input of invoke_endpoint and has a type from nothing else. VARIADIC "any"
 * gives none; the functions that stand for it give theirs: bpchar, or a type of ours.
 */
export function untypedInput({ text, types = [] }: Statement, description: StatementDescription): number | undefined {
  const takenFromUs = description.parameterTypes.flatMap((oid, i) =>
    (types[i] ?? 0) === 0 && (oid === BPCHAR || oid >= FIRST_USER_OID) ? [i + 1] : [],
  );
  if (takenFromUs.length === 0) return undefined;
  let found: number | undefined;
  for (const { node } of statementsOf(text)) {
    someNode(node, (n) => {
      found = modelInputs(n).find((number) => takenFromUs.includes(number));
      return found !== undefined;
    });
  }
  return found;
}

/** Where our grammar refuses the text, it may have been written for an earlier server. */
function statementsOf(text: string): readonly ParsedStatement[] {
  try {
    return parseStatements(text);
  } catch {
    return parseStatements(withLaterWordsQuoted(text, 0));
  }
}

/** Raises what PostgreSQL raises for a parameter of VARIADIC "any" without a type. */
export const refuseUntypedInput = (connection: ServerConnection, number: number): Promise<never> =>
  raiseError(connection, { code: '42P18', message: `could not determine data type of parameter $${number}` });

/** The parameters among the model inputs of a call. */
function modelInputs(node: Node): number[] {
  if (!('FuncCall' in node) || node.FuncCall.func_variadic) return [];
  const name = nameParts(node.FuncCall.funcname).slice(-2).join('.');
  if (name !== 'aws_sagemaker.invoke_endpoint' && name !== 'invoke_endpoint') return [];
  return (node.FuncCall.args ?? []).slice(2).flatMap((a) => ('ParamRef' in a ? [a.ParamRef.number ?? 0] : []));
}
