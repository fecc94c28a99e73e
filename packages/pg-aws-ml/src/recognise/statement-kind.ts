import type { Node } from 'pg-rewriter';

/** Statements that evaluate expressions, and so can make ML calls; the others only define or set things. */
const EVALUATING = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
  'RefreshMatViewStmt',
  'ExecuteStmt',
  'CallStmt',
  'DoStmt',
  'CopyStmt',
  'DeclareCursorStmt',
  'FetchStmt',
]);

const tagOf = (node: Node): string => Object.keys(node)[0] ?? '';

export const evaluatesExpressions = (node: Node): boolean => EVALUATING.has(tagOf(node));

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

/** Whether a text begins with a transaction block. */
export const beginsBlock = (text: string): boolean => /^\s*(?:begin|start\s+transaction)\b/i.test(text);
