import { type Node, nameParts, someNode } from 'pg-rewriter';
import { transferFunctions } from '../stubs/transfer-names.js';

/** Statements that may call functions which transfer. */
const CALLING = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CreateTableAsStmt', 'CallStmt'];

/** Whether a statement calls one of the functions, as far as its text and those of blocks in it tell. */
export function callsTransfers(node: Node, names: ReadonlySet<string>): boolean {
  if ('DoStmt' in node) return mentions(JSON.stringify(node.DoStmt), names);
  if (!CALLING.some((tag) => tag in node)) return false;
  return someNode(node, (n) => 'FuncCall' in n && names.has(lastName(n)));
}

const lastName = (node: Node): string =>
  'FuncCall' in node ? (nameParts(node.FuncCall.funcname).at(-1) ?? '').toLowerCase() : '';

const mentions = (text: string, names: ReadonlySet<string>): boolean => {
  const lower = text.toLowerCase();
  return [...names].some((name) => lower.includes(name));
};

/**
 * Whether it can't depend on the result of one call which others are made, and with which arguments: the calls stand in
 * the SELECT list alone, or are all that a FROM without WHERE lists.
 */
export function callsAreIndependent(node: Node, names: ReadonlySet<string>): boolean {
  const query = queryOf(node);
  if (query === undefined || !('SelectStmt' in query)) return false;
  const { targetList = [], fromClause = [], whereClause, withClause, op, havingClause } = query.SelectStmt;
  if (withClause !== undefined || havingClause !== undefined || (op !== undefined && op !== 'SETOP_NONE')) return false;
  let all = 0;
  someNode(node, (n) => {
    if ('FuncCall' in n && names.has(lastName(n))) all += 1;
    return false;
  });
  const ofTargets = targetList.filter((t) => 'ResTarget' in t && isCall(t.ResTarget.val)).length;
  const ofFrom = fromClause.filter(isScanOfCall).length;
  if (ofFrom > 0 && (ofFrom < fromClause.length || whereClause !== undefined)) return false;
  return all > 0 && ofTargets + ofFrom === all;
}

function queryOf(node: Node): Node | undefined {
  if ('SelectStmt' in node) return node;
  if ('InsertStmt' in node) return node.InsertStmt.withClause === undefined ? node.InsertStmt.selectStmt : undefined;
  return 'CreateTableAsStmt' in node ? node.CreateTableAsStmt.query : undefined;
}

/** A call of a function of aws_s3's own, or a part of its result. */
function isCall(value: Node | undefined): boolean {
  if (value === undefined) return false;
  if ('A_Indirection' in value) return isCall(value.A_Indirection.arg);
  return 'FuncCall' in value && transferFunctions.includes(lastName(value));
}

function isScanOfCall(item: Node): boolean {
  if (!('RangeFunction' in item)) return false;
  const { functions = [] } = item.RangeFunction;
  const [only, more] = functions.flatMap((f) => ('List' in f ? (f.List.items?.slice(0, 1) ?? []) : []));
  const readsOthers = someNode(item, (n) => 'ColumnRef' in n);
  return only !== undefined && more === undefined && isCall(only) && !readsOthers;
}

/** Whether the statement reads tables itself, not only what it calls: all of it sees one snapshot then. */
export const readsTables = (node: Node): boolean => someNode(node, (n) => 'RangeVar' in n);
