import { mapNodes, type Node } from 'pg-rewriter';
import type { MlMentions } from '../ml-mentions.js';
import { needsItsStatement } from './select.js';
import { shadowDelete } from './shadow-delete.js';
import { shadowInsert } from './shadow-insert.js';
import { shadowMerge } from './shadow-merge.js';
import { shadowUpdate } from './shadow-update.js';

/**
 * The shadow of a statement: a SELECT that makes the same ML calls and changes nothing. Undefined where there is none:
 * then the statement itself is run and undone.
 *
 * A shadow need not be complete: what it misses shows when the statement is run for real.
 */
export function shadowOf(node: Node, ml: MlMentions): Node | undefined {
  const shadow = needsItsStatement(node) ? undefined : readBy(node, ml);
  return shadow === undefined ? undefined : withoutLocks(shadow);
}

function readBy(node: Node, ml: MlMentions): Node | undefined {
  if ('SelectStmt' in node) return node.SelectStmt.lockingClause === undefined ? undefined : node;
  if ('UpdateStmt' in node) return shadowUpdate(node.UpdateStmt, ml);
  if ('DeleteStmt' in node) return shadowDelete(node.DeleteStmt, ml);
  if ('InsertStmt' in node) return shadowInsert(node.InsertStmt, ml);
  if ('MergeStmt' in node) return shadowMerge(node.MergeStmt, ml);
  if ('DeclareCursorStmt' in node) return node.DeclareCursorStmt.query;
  if (!('CreateTableAsStmt' in node)) return undefined;
  const { query, into, if_not_exists } = node.CreateTableAsStmt;
  return query !== undefined && 'SelectStmt' in query && !into?.skipData && !if_not_exists ? query : undefined;
}

/** Rows are locked when the statement is run for real: not while services answer. */
function withoutLocks(node: Node): Node {
  return mapNodes(node, (n) => {
    if (!('SelectStmt' in n) || n.SelectStmt.lockingClause === undefined) return undefined;
    const { lockingClause: _locks, ...select } = n.SelectStmt;
    return withoutLocks({ SelectStmt: select });
  });
}
