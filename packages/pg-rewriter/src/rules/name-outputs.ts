/**
 * Gives every output column the name that PostgreSQL would give it, so that later rewrites can't change it.
 *
 * Before: SELECT (f(x)).sentiment, count(*) FROM t
 * After:  SELECT (f(x)).sentiment AS sentiment, count(*) AS count FROM t
 */
import { outputName } from '../analysis/output-name.js';
import { isStar } from '../analysis/star.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { mapFields, mapNodes } from '../ast/walk.js';
import type { StatementRule } from './rule.js';

export const nameOutputsRule: StatementRule = {
  name: 'name-outputs',
  calls: [],
  idempotent: true,
  apply: (statement) => nameOutputs(statement),
};

export function nameOutputs<T>(tree: T): T {
  return mapNodes(tree, nameNode);
}

function nameNode(node: Node): Node | undefined {
  return 'SelectStmt' in node ? { SelectStmt: nameTargets(mapFields(node.SelectStmt, nameNode)) } : undefined;
}

/** The arms of a set operation are not nodes of their own, so they are followed here. */
function nameTargets(select: SelectStmt): SelectStmt {
  const named: SelectStmt = { ...select };
  if (select.targetList !== undefined) named.targetList = select.targetList.map(nameTarget);
  if (select.larg !== undefined) named.larg = nameTargets(select.larg);
  if (select.rarg !== undefined) named.rarg = nameTargets(select.rarg);
  return named;
}

function nameTarget(node: Node): Node {
  if (!('ResTarget' in node) || node.ResTarget.name !== undefined || node.ResTarget.val === undefined) return node;
  if (isStar(node.ResTarget.val)) return node;
  return { ResTarget: { ...node.ResTarget, name: outputName(node.ResTarget.val) } };
}
