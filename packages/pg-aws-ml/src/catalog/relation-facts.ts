import { relationKey } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import type { LoadedColumn, LoadedRelation, MlReach, SessionFacts } from './facts.js';

export interface RelationName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** $1 schemas (null where the search path decides), $2 names; the first schema of the search path wins. */
const relationsSql = `
SELECT wanted.position, pg_catalog.jsonb_build_object(
  'oid', c.oid::pg_catalog.int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'owner', pg_catalog.pg_get_userbyid(c.relowner),
  'ownerIsSuperuser', (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = c.relowner),
  'securityInvoker', coalesce(c.reloptions OPERATOR(pg_catalog.&&) ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes'], false),
  'rowSecurity', pg_catalog.row_security_active(c.oid),
  'definition', CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END,
  'columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'typeOid', a.atttypid::pg_catalog.int8, 'typeModifier', a.atttypmod, 'composite', t.typtype = 'c') ORDER BY a.attnum), '[]')
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > '0' AND NOT a.attisdropped
  )
)
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.name[]), pg_catalog.unnest($2::pg_catalog.name[])) WITH ORDINALITY AS wanted(schema, name, position)
CROSS JOIN LATERAL (
  SELECT c.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = wanted.name AND c.relkind NOT IN ('i', 'I', 't') AND CASE
    WHEN wanted.schema IS NULL THEN n.nspname = ANY (pg_catalog.current_schemas(true))
    WHEN wanted.schema = 'pg_temp' THEN n.oid = pg_catalog.pg_my_temp_schema()
    ELSE n.nspname = wanted.schema
  END
  ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname) LIMIT 1
) AS c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;

interface Row extends Omit<LoadedRelation, 'kind' | 'mlView'> {
  readonly kind: string;
  readonly ownerIsSuperuser: boolean;
  readonly securityInvoker: boolean;
  readonly definition: string | null;
  readonly columns: readonly LoadedColumn[];
}

const kinds = new Map<string, LoadedRelation['kind']>([
  ['v', 'view'],
  ['m', 'materialized view'],
  ['c', 'composite type'],
]);

/** The relations of these names as the session sees them, by `relationKey`; null where there is none. */
export async function loadRelations(
  connection: ServerConnection,
  names: readonly RelationName[],
  reach: MlReach,
  session: SessionFacts,
  asServerReads: (text: string) => string,
): Promise<Map<string, LoadedRelation | null>> {
  const { rows } = await connection.run(relationsSql, {
    values: [arrayLiteral(names.map((n) => n.schema ?? null)), arrayLiteral(names.map((n) => n.name))],
  });
  const relations = new Map<string, LoadedRelation | null>(names.map((n) => [relationKey(n.schema, n.name), null]));
  for (const [position, json] of rows) {
    const wanted = names[Number(position) - 1];
    if (wanted === undefined) continue;
    relations.set(
      relationKey(wanted.schema, wanted.name),
      relationFact(JSON.parse(json ?? '{}') as Row, reach, session, asServerReads),
    );
  }
  return relations;
}

function relationFact(
  row: Row,
  reach: MlReach,
  session: SessionFacts,
  asServerReads: (text: string) => string,
): LoadedRelation {
  const { definition, ownerIsSuperuser, securityInvoker, kind, ...rest } = row;
  const fact: LoadedRelation = { ...rest, kind: kinds.get(kind) ?? 'table' };
  if (definition === null || !reach.relations.get(row.oid)?.parts.includes('view')) return fact;
  const sameRights = row.owner === session.role || (ownerIsSuperuser && session.superuser);
  return { ...fact, mlView: { definition: asServerReads(definition), expandable: securityInvoker || sameRights } };
}
