/**
 * Lets `current_query()` show the statement as the application wrote it, in texts that are made of it.
 *
 * Before: SELECT current_query() AS current_query, detect_sentiment(body, 'en') AS detect_sentiment FROM notes
 * After:  SELECT '…'::text AS current_query, detect_sentiment(body, 'en') AS detect_sentiment FROM notes
 *
 * Leaves alone: a call that stands in FROM itself, and statements whose text nobody knows.
 */
import { outputName } from '../analysis/output-name.js';
import { castTo } from '../ast/build.js';
import type { FuncCall, Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { mapFields, mapNodes, someNode } from '../ast/walk.js';
import type { StatementRule } from './rule.js';

export const keepQueryTextRule: StatementRule = {
  name: 'keep-query-text',
  calls: [],
  idempotent: true,
  apply: (statement, { queryText, facts }) =>
    queryText === undefined ? statement : keepQueryText(statement, queryText, facts.searchPath),
};

/**
 * The same tree where it shows no text of its query.
 * @param searchPath schemas in order: a function of the user's may be found first
 */
export function keepQueryText<T>(tree: T, queryText: string, searchPath: readonly string[]): T {
  const asks = (node: Node): boolean => 'FuncCall' in node && isCurrentQuery(node.FuncCall, searchPath);
  const replaced = (node: Node): Node | undefined => {
    if ('RangeFunction' in node) return node;
    if (asks(node)) return castTo({ A_Const: { sval: { sval: queryText } } }, 'text');
    if (!('ResTarget' in node) || node.ResTarget.name !== undefined || !someNode(node.ResTarget.val, asks))
      return undefined;
    const { val } = node.ResTarget;
    const name = val === undefined ? {} : { name: outputName(val) };
    return { ResTarget: { ...mapFields(node.ResTarget, replaced), ...name } };
  };
  return mapNodes(tree, replaced);
}

function isCurrentQuery({ funcname, args }: FuncCall, searchPath: readonly string[]): boolean {
  const [name, schema, ...more] = nameParts(funcname).reverse();
  if (name !== 'current_query' || more.length > 0 || (args?.length ?? 0) > 0) return false;
  // The schema of temporary objects holds no function that is found without its schema.
  return (
    schema === 'pg_catalog' ||
    (schema === undefined && searchPath.find((s) => !s.startsWith('pg_temp')) === 'pg_catalog')
  );
}
