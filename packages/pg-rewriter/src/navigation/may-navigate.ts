import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { forEachNode, someNode } from '../ast/walk.js';
import { UNNEST } from './at-index.js';

/**
 * Whether a statement may navigate into SUPER values, by its tree alone: a name in it begins with none of the relations
 * that the statement has, or has more parts than PostgreSQL gives a meaning to.
 */
export function mayNavigate(statement: Node): boolean {
  const aliases = new Set<string>();
  const qualified = new Set<string>();
  forEachNode(statement, (node) => {
    if ('RangeVar' in node) addRelation(node.RangeVar);
    if ('Alias' in node) aliases.add(node.Alias.aliasname ?? '');
    if ('CommonTableExpr' in node) aliases.add(node.CommonTableExpr.ctename ?? '');
    const alias =
      ('RangeSubselect' in node && node.RangeSubselect.alias) ||
      ('RangeFunction' in node && node.RangeFunction.alias) ||
      ('RangeTableFunc' in node && node.RangeTableFunc.alias) ||
      ('JsonTable' in node && node.JsonTable.alias) ||
      ('JoinExpr' in node && (node.JoinExpr.alias ?? node.JoinExpr.join_using_alias));
    if (alias) aliases.add(alias.aliasname ?? '');
    if ('RangeFunction' in node) for (const name of calledNames(node)) aliases.add(name);
    for (const key of ['UpdateStmt', 'DeleteStmt', 'InsertStmt', 'MergeStmt'] as const) {
      const statement = (
        node as unknown as Record<string, { relation?: Parameters<typeof addRelation>[0] } | undefined>
      )[key];
      if (statement?.relation !== undefined) addRelation(statement.relation);
    }
  });
  // Names of rows that a trigger, a rule or ON CONFLICT has.
  for (const name of ['excluded', 'old', 'new']) aliases.add(name);

  function addRelation({
    schemaname = '',
    relname = '',
    alias,
  }: {
    schemaname?: string;
    relname?: string;
    alias?: { aliasname?: string };
  }) {
    aliases.add(alias?.aliasname ?? relname);
    qualified.add(`${schemaname}.${relname}`);
  }

  return someNode(statement, (node) => {
    if ('RangeVar' in node) {
      const { catalogname, schemaname } = node.RangeVar;
      return catalogname !== undefined || (schemaname !== undefined && aliases.has(schemaname));
    }
    if ('RangeFunction' in node) return calledNames(node).includes(UNNEST);
    if ('A_Indirection' in node) {
      const steps = node.A_Indirection.indirection ?? [];
      return steps.some((step) => 'A_Indices' in step) && steps.some((step) => 'String' in step);
    }
    if (!('ColumnRef' in node)) return false;
    const names = nameParts(node.ColumnRef.fields);
    const [first = '', second = ''] = names;
    if (names.length < 2 || names.includes('*')) return false;
    if (names.length > 2 && qualified.has(`${first}.${second}`)) return false;
    return names.length > 2 || !aliases.has(first);
  });
}

/** Whether a statement's text was written otherwise, so that PostgreSQL's grammar could read it. */
export const readsOnlyHere = (statement: Node): boolean =>
  someNode(statement, (node) => 'RangeFunction' in node && calledNames(node).includes(UNNEST));

/** The last parts of the names of functions in FROM. */
function calledNames(node: Extract<Node, { RangeFunction: unknown }>): string[] {
  return (node.RangeFunction.functions ?? []).flatMap((list) => {
    const call = 'List' in list ? list.List.items?.[0] : undefined;
    return call !== undefined && 'FuncCall' in call ? nameParts(call.FuncCall.funcname).slice(-1) : [];
  });
}
