import { mlFunctions } from 'aws-ml-core/ml-functions';
import { forEachNode, type Node, nameParts, someNode, tryDeparse } from 'pg-rewriter';
import { runNatively } from '../natively/run-natively.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { settle } from '../server/transaction.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { withCallCounts } from './function-statistics.js';

/**
 * Runs a statement about the server's statistics of functions, which lack what happens outside of the server.
 * @returns false where it is none
 */
export async function runStatistics(context: StatementContext, node: Node): Promise<boolean> {
  const { session, state } = context;
  const text = withCallCounts(node, state.callCounters.all(), session.principalInvokeEndpoint);
  const resetsAll = someNode(node, (n) => calls(n, 'pg_stat_reset'));
  const reset = await functionsReset(context, node);
  if (text === undefined && !resetsAll && reset.length === 0) return false;
  await publishCounts(context);
  await runNatively(context, text);
  if (resetsAll) state.callCounters.reset();
  for (const oid of reset) await resetCounts(context, oid);
  await settle(context);
  return true;
}

/** Lets the server publish what the session has counted, rather than up to a second later. */
export async function publishCounts(context: StatementContext): Promise<void> {
  const { connection, inBlock, session } = context;
  if (!session.flushesStatistics || inBlock) return;
  await connection.run('SELECT pg_catalog.pg_stat_force_next_flush()');
  await settle(context);
}

const calls = (node: Node, name: string): boolean =>
  'FuncCall' in node && nameParts(node.FuncCall.funcname).at(-1) === name;

const RESET_ONE = 'pg_stat_reset_single_function_counters';

/** The functions whose counts a `SELECT pg_stat_reset_single_function_counters(…)` resets. */
async function functionsReset(
  { connection, session, state, statement }: StatementContext,
  node: Node,
): Promise<number[]> {
  if (!('SelectStmt' in node)) return [];
  const targetList: Node[] = [];
  forEachNode(node.SelectStmt.targetList, (n) => {
    const [arg] = calls(n, RESET_ONE) && 'FuncCall' in n ? (n.FuncCall.args ?? []) : [];
    if (arg !== undefined) targetList.push({ ResTarget: { val: asOid(arg) } });
  });
  if (targetList.length === 0) return [];
  const select: Node = { SelectStmt: { ...node.SelectStmt, targetList } };
  const text = withCallCounts(select, state.callCounters.all(), session.principalInvokeEndpoint) ?? tryDeparse(select);
  if (text === undefined) return [];
  const { values = [], types = [] } = statement;
  const { rows } = await connection.run(text, { values, types });
  return rows.flatMap((row) => row.flatMap((oid) => (oid === null ? [] : [Number(oid)])));
}

const asOid = (arg: Node): Node => {
  const names = ['pg_catalog', 'oid'].map((sval): Node => ({ String: { sval } }));
  return { TypeCast: { arg, typeName: { names, typemod: -1 } } };
};

/** All overloads of invoke_endpoint are one function. */
async function resetCounts({ connection, state }: StatementContext, oid: number): Promise<void> {
  const { functions } = await state.catalog.mlReach(connection);
  const { schema, name } = functions.get(oid) ?? {};
  const ml = mlFunctions.find((f) => f.schema === schema && f.name === name);
  state.callCounters.reset(oid);
  if (ml === undefined) return;
  state.callCounters.reset(ml.qualifiedName);
  const others = [...functions.values()].filter((f) => f.oid !== oid && f.schema === schema && f.name === name);
  for (const other of others) state.callCounters.reset(other.oid);
  await connection.run(`SELECT pg_catalog.${RESET_ONE}(u.oid) FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS u(oid)`, {
    values: [arrayLiteral(others.map((f) => String(f.oid)))],
  });
}
