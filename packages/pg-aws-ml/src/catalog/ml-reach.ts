import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { internalSchema } from '../stubs/names.js';
import type { MlReach, ReachingFunction, ReachingPart, ReachingRelation } from './facts.js';

/** OIDs from here on are not those of a fresh database cluster. */
const firstUserOid = 16384;

/**
 * The functions whose body mentions a name of $2 (or depends on a function of $1, an operator of $4 or a type of $5), aggregates over such functions, and
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
        OR (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($3::pg_catalog.oid[]))
        OR (d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($4::pg_catalog.oid[]))
        OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($5::pg_catalog.oid[])))
  )
)`;

/** What depends on a function of $1, a view of $2, an operator of $3 or a type of $4; and what stands for one of $5. */
const relationsSql = `
WITH dependent AS (
  SELECT d.classid, d.objid, d.refclassid FROM pg_catalog.pg_depend d
  WHERE (d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($1::pg_catalog.oid[]))
     OR (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($2::pg_catalog.oid[]))
     OR (d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($3::pg_catalog.oid[]))
     OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($4::pg_catalog.oid[]))
), known AS (
  SELECT k.oid, part.part FROM ROWS FROM (pg_catalog.unnest($5::pg_catalog.oid[]), pg_catalog.unnest($6::pg_catalog.text[])) AS k (oid, parts),
    pg_catalog.unnest(pg_catalog.string_to_array(k.parts, ',')) AS part (part) WHERE part.part <> 'view'
), part AS (
  SELECT r.ev_class AS oid, CASE r.ev_type WHEN '1' THEN 'view' ELSE 'rule' END AS part
    FROM dependent d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT r.ev_class, CASE known.part WHEN 'policy' THEN 'policy' ELSE 'rule' END
    FROM known JOIN pg_catalog.pg_depend d ON d.refobjid = known.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
      AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid WHERE r.ev_class <> known.oid
  UNION SELECT i.inhparent, known.part FROM known JOIN pg_catalog.pg_inherits i ON i.inhrelid = known.oid
  UNION SELECT c.confrelid, 'trigger' FROM known JOIN pg_catalog.pg_constraint c ON c.conrelid = known.oid
    WHERE c.contype = 'f' AND (c.confupdtype NOT IN ('a', 'r') OR c.confdeltype NOT IN ('a', 'r'))
  UNION SELECT t.tgrelid, pg_catalog.unnest(CASE WHEN t.tgdeferrable THEN ARRAY['trigger', 'deferred trigger'] ELSE ARRAY['trigger'] END)
    FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND (t.tgfoid = ANY ($1::pg_catalog.oid[]) OR t.oid IN (
      SELECT d.objid FROM dependent d WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid))
  UNION SELECT a.adrelid, 'default' FROM dependent d JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT c.conrelid, 'constraint' FROM dependent d JOIN pg_catalog.pg_constraint c ON c.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid AND c.conrelid <> '0'
  UNION SELECT c.oid, 'constraint' FROM dependent d JOIN pg_catalog.pg_class c ON c.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND c.relkind IN ('r', 'p', 'f')
      AND (c.relkind = 'p' OR d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid)
  UNION SELECT pg_catalog.unnest(ARRAY[i.indrelid, i.indexrelid]), 'index'
    FROM dependent d JOIN pg_catalog.pg_index i ON i.indexrelid = d.objid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT s.stxrelid, 'index' FROM dependent d JOIN pg_catalog.pg_statistic_ext s ON s.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::pg_catalog.oid
  UNION SELECT p.polrelid, 'policy' FROM dependent d JOIN pg_catalog.pg_policy p ON p.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.array_to_string(pg_catalog.array_agg(part.part), ',')
FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relkind <> 'm') GROUP BY 1, 2, 3, 4`;

/** Operators over functions of $1. */
const operatorsSql = `
SELECT o.oid, o.oprname FROM pg_catalog.pg_operator o
WHERE o.oid >= '${firstUserOid}' AND o.oprcode::pg_catalog.oid = ANY ($1::pg_catalog.oid[])`;

/** Domains whose constraints call functions of $1, types that a cast by one of these makes, and types that hold one of $2. */
const typesSql = `
SELECT t.oid, t.typname FROM pg_catalog.pg_type t
WHERE t.oid >= '${firstUserOid}' AND (
  t.typbasetype = ANY ($2::pg_catalog.oid[]) OR t.typelem = ANY ($2::pg_catalog.oid[])
  OR t.oid IN (SELECT c.contypid FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid AND d.objid = c.oid
    WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($1::pg_catalog.oid[]))
  OR t.oid IN (SELECT c.casttarget FROM pg_catalog.pg_cast c WHERE c.castfunc = ANY ($1::pg_catalog.oid[]))
  OR t.typrelid IN (SELECT d.objid FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
      AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = ANY ($2::pg_catalog.oid[]))
)`;

/** Functions that move cursors, by the words of their bodies. */
const cursorFunctionsSql = `
SELECT DISTINCT p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid >= '${firstUserOid}' AND l.lanname NOT IN ('c', 'internal') AND p.prosrc ~* '\\m(fetch|move)\\M'`;

const mlFunctionsInstalledSql = `
SELECT p.oid, n.nspname, p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE pg_catalog.format('%s.%s', n.nspname, p.proname) = ANY ($1::pg_catalog.text[])`;

/** Follows the dependencies from the ML functions outwards until nothing new is found: one round a level. */
export async function loadMlReach(connection: ServerConnection): Promise<MlReach> {
  const functions = new Map<number, ReachingFunction>();
  const relations = new Map<number, ReachingRelation>();
  const names = new Set(mlFunctions.map((f) => f.name));
  const qualified = arrayLiteral(mlFunctions.map((f) => f.qualifiedName));
  const [installed, moving] = await Promise.all([
    connection.run(mlFunctionsInstalledSql, { values: [qualified] }),
    connection.run(cursorFunctionsSql),
  ]);
  addFunctions(installed.rows, functions, names);
  const rowFunctions = new Set<string>();
  const operators = new Map<number, string>();
  const types = new Map<number, string>();
  const size = () => functions.size + names.size + operators.size + types.size + partsIn(relations) + relations.size;

  for (let found = -1; found < size(); ) {
    found = size();
    const functionOids = oidsOf(functions);
    const typeOids = oidsOf(types);
    const operatorOids = oidsOf(operators);
    const views = [...relations.values()].filter((r) => r.parts.includes('view'));
    const viewOids = arrayLiteral(views.map((v) => String(v.oid)));
    const pattern = wordPattern(names, operators.values());
    const known = arrayLiteral([...relations.values()].map((r) => r.parts.join(',')));
    const [moreFunctions, moreRelations, moreOperators, moreTypes] = await Promise.all([
      connection.run(functionsSql, { values: [functionOids, pattern, viewOids, operatorOids, typeOids] }),
      connection.run(relationsSql, {
        values: [functionOids, viewOids, operatorOids, typeOids, oidsOf(relations), known],
      }),
      connection.run(operatorsSql, { values: [functionOids] }),
      connection.run(typesSql, { values: [functionOids, typeOids] }),
    ]);
    addFunctions(moreFunctions.rows, functions, names);
    for (const [, , name, takesRow] of moreFunctions.rows) if (takesRow === 't') rowFunctions.add(name ?? '');
    addRelations(moreRelations.rows, relations, names);
    for (const [oid, name] of moreOperators.rows) operators.set(Number(oid), name ?? '');
    for (const [oid, name] of moreTypes.rows) {
      types.set(Number(oid), name ?? '');
      names.add((name ?? '').toLowerCase());
    }
  }
  return {
    functions,
    relations,
    names,
    rowFunctions,
    operators: new Set(operators.values()),
    types: new Set(types.values()),
    cursorFunctions: new Set(moving.rows.map(([name]) => (name ?? '').toLowerCase())),
  };
}

const oidsOf = (known: ReadonlyMap<number, unknown>): string => arrayLiteral([...known.keys()].map(String));

const partsIn = (relations: ReadonlyMap<number, ReachingRelation>): number =>
  [...relations.values()].reduce((count, { parts }) => count + parts.length, 0);

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

/** A regular expression for one of the names as a whole word, or an operator, in text that is in lower case. */
function wordPattern(names: ReadonlySet<string>, operators: Iterable<string>): string {
  const escaped = [...names].map((name) => escapedInPattern(name.replaceAll('"', '""')));
  const words = `(^|[^[:alnum:]_])(${escaped.join('|')})([^[:alnum:]_]|$)`;
  return [words, ...[...operators].map(escapedInPattern)].join('|');
}

const escapedInPattern = (text: string): string =>
  text.replace(/[^\w]/g, (c) => (c.charCodeAt(0) < 128 ? `\\${c}` : c));
