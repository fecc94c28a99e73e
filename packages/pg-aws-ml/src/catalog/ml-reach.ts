import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { internalSchema } from '../stubs/names.js';
import type { MlReach, ReachingFunction, ReachingPart, ReachingRelation } from './facts.js';

/** OIDs from here on are not those of a fresh database cluster. */
const firstUserOid = 16384;

/**
 * The functions whose body mentions a name of $2 (or depends on a function of $1), aggregates over such functions, and
 * the functions of $1 themselves where they are missing from $3.
 */
const functionsSql = `
SELECT p.oid, n.nspname, p.proname, EXISTS (
  SELECT FROM pg_catalog.pg_type t WHERE p.pronargs = '1' AND t.oid = p.proargtypes[0] AND t.typtype = 'c'
)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid >= '${firstUserOid}' AND n.nspname <> '${internalSchema}' AND p.oid <> ALL ($1::pg_catalog.oid[]) AND (
  (l.lanname NOT IN ('c', 'internal') AND pg_catalog.lower(p.prosrc) ~ $2)
  OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.objid = p.oid
      AND ((d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($1::pg_catalog.oid[]))
        OR (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($3::pg_catalog.oid[])))
  )
)`;

/** What depends on a function of $1 or a view of $2: views, triggers, defaults, constraints, policies. */
const relationsSql = `
WITH dependent AS (
  SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
  WHERE (d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($1::pg_catalog.oid[]))
     OR (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($2::pg_catalog.oid[]))
), part AS (
  SELECT r.ev_class AS oid, 'view' AS part FROM dependent d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT t.tgrelid, pg_catalog.unnest(CASE WHEN t.tgdeferrable THEN ARRAY['trigger', 'deferred trigger'] ELSE ARRAY['trigger'] END)
    FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND (t.tgfoid = ANY ($1::pg_catalog.oid[]) OR t.oid IN (
      SELECT d.objid FROM dependent d WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid))
  UNION SELECT a.adrelid, 'default' FROM dependent d JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT c.conrelid, 'constraint' FROM dependent d JOIN pg_catalog.pg_constraint c ON c.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid AND c.conrelid <> '0'
  UNION SELECT p.polrelid, 'policy' FROM dependent d JOIN pg_catalog.pg_policy p ON p.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.array_to_string(pg_catalog.array_agg(part.part), ',')
FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relkind <> 'm') GROUP BY 1, 2, 3, 4`;

const mlFunctionsInstalledSql = `
SELECT p.oid, n.nspname, p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE pg_catalog.format('%s.%s', n.nspname, p.proname) = ANY ($1::pg_catalog.text[])`;

/** Follows the dependencies from the ML functions outwards until nothing new is found: one round a level. */
export async function loadMlReach(connection: ServerConnection): Promise<MlReach> {
  const functions = new Map<number, ReachingFunction>();
  const relations = new Map<number, ReachingRelation>();
  const names = new Set(mlFunctions.map((f) => f.name));
  const qualified = arrayLiteral(mlFunctions.map((f) => f.qualifiedName));
  const installed = await connection.run(mlFunctionsInstalledSql, { values: [qualified] });
  addFunctions(installed.rows, functions, names);
  const rowFunctions = new Set<string>();

  for (let found = -1; found < functions.size + relations.size + names.size; ) {
    found = functions.size + relations.size + names.size;
    const functionOids = arrayLiteral([...functions.keys()].map(String));
    const views = [...relations.values()].filter((r) => r.parts.includes('view'));
    const viewOids = arrayLiteral(views.map((v) => String(v.oid)));
    const [moreFunctions, moreRelations] = await Promise.all([
      connection.run(functionsSql, { values: [functionOids, wordPattern(names), viewOids] }),
      connection.run(relationsSql, { values: [functionOids, viewOids] }),
    ]);
    addFunctions(moreFunctions.rows, functions, names);
    for (const [, , name, takesRow] of moreFunctions.rows) if (takesRow === 't') rowFunctions.add(name ?? '');
    addRelations(moreRelations.rows, relations, names);
  }
  return { functions, relations, names, rowFunctions };
}

type Rows = readonly (readonly (string | null)[])[];

function addFunctions(rows: Rows, functions: Map<number, ReachingFunction>, names: Set<string>): void {
  for (const [oid, schema, name] of rows) {
    functions.set(Number(oid), { oid: Number(oid), schema: schema ?? '', name: name ?? '' });
    names.add((name ?? '').toLowerCase());
  }
}

function addRelations(rows: Rows, relations: Map<number, ReachingRelation>, names: Set<string>): void {
  for (const [oid, schema, name, , parts] of rows) {
    const found = (parts ?? '').split(',') as ReachingPart[];
    relations.set(Number(oid), { oid: Number(oid), schema: schema ?? '', name: name ?? '', parts: found });
    names.add((name ?? '').toLowerCase());
  }
}

/** A regular expression for one of the names as a whole word, in text that is in lower case. */
function wordPattern(names: ReadonlySet<string>): string {
  const escaped = [...names].map((name) =>
    name.replaceAll('"', '""').replace(/[^\w]/g, (c) => (c.charCodeAt(0) < 128 ? `\\${c}` : c)),
  );
  return `(^|[^[:alnum:]_])(${escaped.join('|')})([^[:alnum:]_]|$)`;
}
