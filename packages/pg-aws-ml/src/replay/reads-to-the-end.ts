import { mlFunctions } from 'aws-ml-core';
import { type Node, someNode } from 'pg-rewriter';
import type { MlReach } from '../catalog/facts.js';
import { MlMentions } from './ml-mentions.js';

/**
 * Whether a run of the statement asks for what the statement needs and no more, however long it takes: nothing in it
 * goes on, or stops, by a result that isn't there yet (LIMIT, EXISTS, IN, recursion, functions with calls of their own).
 */
export function readsToTheEnd(node: Node, reach: MlReach): boolean {
  if (!('SelectStmt' in node)) return false;
  const others = new Set(reach.names);
  for (const { name } of mlFunctions) others.delete(name);
  return !new MlMentions({ ...reach, names: others }).in(node) && !someNode(node, dependsOnResults);
}

function dependsOnResults(node: Node): boolean {
  if ('SelectStmt' in node) {
    const { limitCount, limitOffset, withClause } = node.SelectStmt;
    return limitCount !== undefined || limitOffset !== undefined || withClause?.recursive === true;
  }
  return 'SubLink' in node && !['EXPR_SUBLINK', 'ARRAY_SUBLINK'].includes(node.SubLink.subLinkType ?? '');
}
