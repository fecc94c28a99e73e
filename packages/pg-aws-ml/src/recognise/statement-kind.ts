import type { Node } from 'pg-rewriter';
import { StatementHeads } from './statement-head.js';

/** Statements that evaluate expressions, and so can make ML calls, with their names; the others only define or set things. */
const EVALUATING = new Map([
  ['SelectStmt', 'SELECT'],
  ['InsertStmt', 'INSERT'],
  ['UpdateStmt', 'UPDATE'],
  ['DeleteStmt', 'DELETE'],
  ['MergeStmt', 'MERGE'],
  ['CreateTableAsStmt', 'CREATE TABLE AS'],
  ['RefreshMatViewStmt', 'REFRESH MATERIALIZED VIEW'],
  ['ExecuteStmt', 'EXECUTE'],
  ['CallStmt', 'CALL'],
  ['DoStmt', 'DO'],
  ['CopyStmt', 'COPY'],
  ['DeclareCursorStmt', 'DECLARE CURSOR'],
  ['FetchStmt', 'FETCH'],
]);

const tagOf = (node: Node): string => Object.keys(node)[0] ?? '';

export const evaluatesExpressions = (node: Node): boolean => EVALUATING.has(tagOf(node));

/** Definitions that evaluate expressions over rows that are there, with their names. */
const DEFINING = new Map([
  ['AlterTableStmt', 'ALTER TABLE'],
  ['AlterDomainStmt', 'ALTER DOMAIN'],
  ['IndexStmt', 'CREATE INDEX'],
  ['ReindexStmt', 'REINDEX'],
  ['ClusterStmt', 'CLUSTER'],
  ['VacuumStmt', 'ANALYZE'],
  ['ExplainStmt', 'EXPLAIN'],
]);

/** What kind of statement it is, in SQL's words. */
export const commandOf = (node: Node): string => EVALUATING.get(tagOf(node)) ?? DEFINING.get(tagOf(node)) ?? 'DDL';

/** Statements that the server refuses in a transaction block, and behind others that are sent with them. */
const STANDING_ALONE: ReadonlySet<string> = new Set([
  'CreatedbStmt',
  'DropdbStmt',
  'AlterDatabaseStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'AlterSystemStmt',
  'CreateSubscriptionStmt',
  'AlterSubscriptionStmt',
  'DropSubscriptionStmt',
  'DiscardStmt',
]);

/** Whether a statement has to stand alone: it commits on its way, or nothing would undo it. */
export function standsAlone(node: Node): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true;
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true;
  if ('ClusterStmt' in node) return node.ClusterStmt.relation === undefined;
  if ('ReindexStmt' in node) {
    const { kind, params = [] } = node.ReindexStmt;
    const concurrently = params.some((p) => 'DefElem' in p && p.DefElem.defname === 'concurrently');
    return concurrently || (kind !== 'REINDEX_OBJECT_INDEX' && kind !== 'REINDEX_OBJECT_TABLE');
  }
  if ('AlterTableStmt' in node) return (node.AlterTableStmt.cmds ?? []).some(detachesConcurrently);
  return STANDING_ALONE.has(tagOf(node));
}

function detachesConcurrently(command: Node): boolean {
  const { def } = 'AlterTableCmd' in command ? command.AlterTableCmd : {};
  return def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent === true;
}

/** Statements that may change what the catalog says: everything but queries and plain DML. */
export function mayChangeCatalog(node: Node): boolean {
  return ![
    'SelectStmt',
    'InsertStmt',
    'UpdateStmt',
    'DeleteStmt',
    'MergeStmt',
    'ExplainStmt',
    'FetchStmt',
    'VariableShowStmt',
  ].includes(tagOf(node));
}

const blockHeads = new StatementHeads('begin', 'start transaction');

/** Whether a text begins with a transaction block. */
export const beginsBlock = (text: string): boolean => blockHeads.begins(text);

/** Whether a statement runs a program of the server: twice is not as once, and nothing undoes it. */
export const runsProgram = (node: Node): boolean => 'CopyStmt' in node && Boolean(node.CopyStmt.is_program);

const deferredHeads = new StatementHeads('commit', 'end', 'prepare transaction', 'set constraints');

/** Whether a text may end a transaction or say SET CONSTRAINTS: both run triggers that were deferred. */
export const mayRunDeferredTriggers = (text: string): boolean => deferredHeads.mayBegin(text);

/** The same of a statement that is parsed. */
export function runsDeferredTriggers(node: Node): boolean {
  if ('ConstraintsSetStmt' in node) return true;
  if (!('TransactionStmt' in node)) return false;
  const { kind } = node.TransactionStmt;
  return kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_PREPARE';
}
