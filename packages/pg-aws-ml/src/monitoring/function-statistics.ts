import { mapNodes, type Node, nameParts, parseStatement, someNode, tryDeparse } from 'pg-rewriter';
import { quoteLiteral } from '../extension/quote.js';
import type { CallCount } from './call-counters.js';

const VIEW = 'pg_stat_user_functions';

/**
 * The statement with our calls among those of pg_stat_user_functions: same columns, same types. Undefined where it
 * doesn't read the view, or names it in a way that only the view itself answers to.
 *
 * @param principal the overload that stands for all of invoke_endpoint
 */
export function withCallCounts(node: Node, counts: readonly CallCount[], principal: number | null): string | undefined {
  if (counts.length === 0 || someNode(node, hidesView)) return undefined;
  const view = parseStatement(statisticsSql(counts, principal));
  const changed = mapNodes(node, (n) =>
    readsView(n) ? { RangeSubselect: { subquery: view, alias: aliasOf(n) } } : undefined,
  );
  if (changed === node) return undefined;
  return tryDeparse(changed);
}

/** Whether a statement calls `pg_stat_reset()`. */
export function resetsStatistics(node: Node): boolean {
  return someNode(node, (n) => 'FuncCall' in n && nameParts(n.FuncCall.funcname).at(-1) === 'pg_stat_reset');
}

type RangeVarNode = Extract<Node, { RangeVar: unknown }>;

function readsView(node: Node): node is RangeVarNode {
  if (!('RangeVar' in node) || node.RangeVar.relname !== VIEW) return false;
  return node.RangeVar.schemaname === undefined || node.RangeVar.schemaname === 'pg_catalog';
}

const aliasOf = ({ RangeVar }: RangeVarNode) => RangeVar.alias ?? { aliasname: VIEW };

/** A WITH query of that name, or a column that is named with the view's schema. */
function hidesView(node: Node): boolean {
  if ('CommonTableExpr' in node) return node.CommonTableExpr.ctename === VIEW;
  return 'ColumnRef' in node && (node.ColumnRef.fields?.length ?? 0) > 2;
}

/** The rows of the view and ours, summed up; the overloads of invoke_endpoint are one function. */
function statisticsSql(counts: readonly CallCount[], principal: number | null): string {
  const overload = "f.schemaname = 'aws_sagemaker' AND f.funcname = 'invoke_endpoint'";
  const shown = principal === null ? 'f.funcid' : `CASE WHEN ${overload} THEN '${principal}' ELSE f.funcid END`;
  return `
SELECT s.funcid, s.schemaname, s.funcname, pg_catalog.sum(s.calls)::pg_catalog.int8 AS calls,
  pg_catalog.sum(s.total_time) AS total_time, pg_catalog.sum(s.self_time) AS self_time
FROM (
  SELECT ${shown} AS funcid, f.schemaname, f.funcname, f.calls, f.total_time, f.self_time
  FROM pg_catalog.${VIEW} AS f
  UNION ALL
  SELECT f.funcid, f.schemaname, f.funcname, c.calls, c.total_time, c.total_time
  FROM (VALUES ${counts.map(row).join(', ')}) AS c (schemaname, funcname, calls, total_time)
  JOIN (
    SELECT p.oid AS funcid, n.nspname AS schemaname, p.proname AS funcname
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  ) AS f ON f.schemaname = c.schemaname AND f.funcname = c.funcname
  WHERE NOT (${overload}) OR f.funcid = '${principal ?? 0}'
) AS s
GROUP BY s.funcid, s.schemaname, s.funcname`;
}

function row({ function: name, calls, totalTime }: CallCount): string {
  const names = name.split('.').map((part) => `${quoteLiteral(part)}::pg_catalog.name`);
  return `(${names.join(', ')}, '${calls}'::pg_catalog.int8, '${totalTime}'::pg_catalog.float8)`;
}
