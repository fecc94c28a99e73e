import { mlFunctions } from 'aws-ml-core/ml-functions';
import { mapNodes, type Node, parseStatement, someNode, tryDeparse } from 'pg-rewriter';
import type { CallCounts, CountedFunction } from '../pool-state/call-counters.js';
import { internalSchema } from '../stubs/names.js';
import { quoteLiteral } from '../stubs/quote.js';

const VIEW = 'pg_stat_user_functions';

type Counted = readonly (readonly [CountedFunction, CallCounts])[];

/**
 * The statement with our counts added to those of pg_stat_user_functions: same columns, same types. Undefined where it
 * doesn't read the view, or names it in a way that only the view itself answers to.
 *
 * @param principal the overload that stands for all of invoke_endpoint
 */
export function withCallCounts(node: Node, counts: Counted, principal: number | null): string | undefined {
  if (someNode(node, hidesView)) return undefined;
  const view = parseStatement(statisticsSql(counts, principal));
  const changed = mapNodes(node, (n) =>
    readsView(n) ? { RangeSubselect: { subquery: view, alias: aliasOf(n) } } : undefined,
  );
  if (changed === node) return undefined;
  return tryDeparse(changed);
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

/**
 * The rows of the view and ours, summed up. The overloads of invoke_endpoint are one function; what an ML function calls
 * in its body is part of it. The server's counts may be late: then what is taken off them must not show.
 */
function statisticsSql(counts: Counted, principal: number | null): string {
  const overload = "f.schemaname = 'aws_sagemaker' AND f.funcname = 'invoke_endpoint'";
  const shown = principal === null ? 'f.funcid' : `CASE WHEN ${overload} THEN '${principal}' ELSE f.funcid END`;
  const named = counts.map((entry) => row(entry, principal));
  const ours = `
  UNION ALL
  SELECT f.funcid, f.schemaname, f.funcname, c.calls, c.total_time, c.self_time, false
  FROM (VALUES ${named.join(', ')}) AS c (funcid, schemaname, funcname, calls, total_time, self_time)
  JOIN (
    SELECT p.oid AS funcid, n.nspname AS schemaname, p.proname AS funcname
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  ) AS f ON f.funcid = c.funcid OR (f.schemaname = c.schemaname AND f.funcname = c.funcname)`;
  return `
SELECT s.funcid, s.schemaname, s.funcname, greatest(s.calls, '0') AS calls,
  greatest(s.total_time, '0') AS total_time, greatest(CASE WHEN s.is_ml THEN s.total_time ELSE s.self_time END, '0') AS self_time
FROM (
  SELECT f.funcid, f.schemaname, f.funcname, pg_catalog.bool_and(f.native) AS native,
    pg_catalog.concat(f.schemaname, '.', f.funcname) IN (${mlNames}) AS is_ml,
    pg_catalog.sum(f.calls)::pg_catalog.int8 AS calls,
    pg_catalog.sum(f.total_time) AS total_time, pg_catalog.sum(f.self_time) AS self_time
  FROM (
    SELECT ${shown} AS funcid, f.schemaname, f.funcname, f.calls, f.total_time, f.self_time, f.native
    FROM (
      SELECT f.funcid, f.schemaname, f.funcname, f.calls, f.total_time, f.self_time, true AS native
      FROM pg_catalog.${VIEW} AS f WHERE f.schemaname <> '${internalSchema}'${named.length > 0 ? ours : ''}
    ) AS f
  ) AS f
  GROUP BY f.funcid, f.schemaname, f.funcname
) AS s
WHERE s.calls > '0' OR s.native`;
}

const mlNames = mlFunctions.map((f) => quoteLiteral(f.qualifiedName)).join(', ');

/** An ML function by name, or by the OID of the overload that stands for all. */
function row([counted, { calls, totalTime, selfTime }]: Counted[number], principal: number | null): string {
  const isPrincipal = counted === 'aws_sagemaker.invoke_endpoint' && principal !== null;
  const oid = typeof counted === 'number' ? counted : isPrincipal ? principal : null;
  const names = oid === null && typeof counted === 'string' ? counted.split('.').map(quoteLiteral) : ['NULL', 'NULL'];
  return (
    `(${oid === null ? 'NULL' : `'${oid}'`}::pg_catalog.oid, ${names.map((name) => `${name}::pg_catalog.name`).join(', ')}, ` +
    `'${calls}'::pg_catalog.int8, '${totalTime}'::pg_catalog.float8, '${selfTime}'::pg_catalog.float8)`
  );
}
