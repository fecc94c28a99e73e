import { deparse, type Node, parseStatement } from 'pg-rewriter';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { RawRow, ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';
import { inUnit } from '../server/transaction.js';
import { quoteIdentifier } from '../stubs/quote.js';
import { describeOnly, endStubMode } from '../stubs/stub-mode.js';

/** What an EXECUTE runs, before its arguments are evaluated. */
export interface PreparedQuery {
  readonly node: Node;
  readonly text: string;
  /** The types of its parameters. */
  readonly types: readonly number[];
  /** A query of the arguments, converted to these types; undefined where there are none. */
  readonly arguments: { readonly node: Node; readonly text: string } | undefined;
}

/** Answers a query in the place of the statement at hand, as any other; `pass-through` where it makes no ML call. */
export type AnswerQuery = (context: StatementContext, node: Node) => Promise<StatementOutcome>;

/**
 * The query that an EXECUTE runs. Undefined where the name is unknown or the number of arguments is another, which the
 * server itself reports.
 */
export async function preparedQuery(
  { connection, state }: StatementContext,
  node: Node,
): Promise<PreparedQuery | undefined> {
  if (!('ExecuteStmt' in node)) return undefined;
  const { name = '', params = [] } = node.ExecuteStmt;
  const { rows } = await connection.run(
    `SELECT p.statement, p.parameter_types::pg_catalog.oid[]::pg_catalog.text[], (
       SELECT pg_catalog.json_agg(pg_catalog.format_type(t, '-1') ORDER BY n)
       FROM pg_catalog.unnest(p.parameter_types::pg_catalog.oid[]) WITH ORDINALITY AS u(t, n))
     FROM pg_catalog.pg_prepared_statements p WHERE p.name = $1`,
    { values: [name] },
  );
  const [text, oids, names] = rows[0] ?? [];
  if (text == null || oids == null) return undefined;
  const types = oidsIn(oids);
  if (types.length !== params.length) return undefined;
  const prepared = state.statements.parse(text)[0]?.node;
  if (prepared === undefined) return undefined;
  // A statement that was prepared by the protocol has no PREPARE around it.
  const query = 'PrepareStmt' in prepared ? prepared.PrepareStmt.query : prepared;
  if (query === undefined) return undefined;
  return { node: query, text: deparse(query), types, arguments: argumentsQuery(params, JSON.parse(names ?? '[]')) };
}

/** The types of the parameters of a prepared statement; undefined where there is none of that name. */
export async function preparedTypes(connection: ServerConnection, name: string): Promise<number[] | undefined> {
  const { rows } = await connection.run(
    `SELECT p.parameter_types::pg_catalog.oid[]::pg_catalog.text[] FROM pg_catalog.pg_prepared_statements p WHERE p.name = $1`,
    { values: [name] },
  );
  const oids = rows[0]?.[0];
  return oids == null ? undefined : oidsIn(oids);
}

const oidsIn = (array: string): number[] => (array === '{}' ? [] : array.slice(1, -1).split(',').map(Number));

function argumentsQuery(params: readonly Node[], types: readonly string[]): PreparedQuery['arguments'] {
  if (params.length === 0) return undefined;
  const text = `SELECT ${params.map((param, i) => `CAST(${expressionText(param)} AS ${types[i]})`).join(', ')}`;
  return { node: parseStatement(text), text };
}

const expressionText = (expression: Node): string =>
  deparse({
    SelectStmt: {
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
      targetList: [{ ResTarget: { val: expression } }],
    },
  }).replace(/^SELECT /, '');

/**
 * Whether the server takes the arguments of an EXECUTE: it knows where a subquery may stand, and which types become which
 * on their way to a parameter. None of them is evaluated.
 */
export async function argumentsFit(context: StatementContext, node: Node): Promise<boolean> {
  const { name = '', params = [] } = 'ExecuteStmt' in node ? node.ExecuteStmt : {};
  // A constant's type comes from the parameter, or converts like the constant itself.
  if (params.every((param) => 'A_Const' in param)) return true;
  const skipped = params.map((param) =>
    'A_Const' in param ? expressionText(param) : `CASE WHEN false THEN ${expressionText(param)} END`,
  );
  const { connection } = context;
  try {
    await inUnit(context, { keep: false, undone: UndoneCalls.of(context) }, () =>
      // The planner evaluates wrappers that are declared IMMUTABLE.
      Promise.all([
        describeOnly(connection),
        connection.run(`EXPLAIN EXECUTE ${quoteIdentifier(name)} (${skipped.join(', ')})`),
      ]),
    );
    return true;
  } catch {
    return false;
  }
}

/**
 * Evaluates the arguments once, as a query of their own.
 * @param answer makes their ML calls; without it, these give NULL
 */
export async function withArguments(
  context: StatementContext,
  { text, types, arguments: query }: PreparedQuery,
  answer?: AnswerQuery,
): Promise<Statement> {
  if (query === undefined) return { text, values: [], types };
  const values: RawRow[] = [];
  const sink: ResultSink = {
    rowDescription() {},
    rows: (rows) => void values.push(...(rows as readonly RawRow[])),
    commandComplete() {},
  };
  const own = { ...context, statement: { text: query.text, values: undefined }, sink };
  if (answer === undefined || (await answer(own, query.node)) === 'pass-through') {
    values.push(...(await evaluatedByServer(context, query.text, answer === undefined)));
  }
  return { text, values: values[0] ?? [], types };
}

async function evaluatedByServer({ connection }: StatementContext, text: string, describes: boolean) {
  if (!describes) return (await connection.run(text)).rows;
  const [, { rows }] = await Promise.all([describeOnly(connection), connection.run(text), endStubMode(connection)]);
  return rows;
}
