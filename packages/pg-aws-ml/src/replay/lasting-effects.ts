import type { CatalogCache } from '../catalog/catalog-cache.js';
import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from '../stubs/names.js';
import { type SqlMentions, sqlMentions } from './sql-tokens.js';

export interface EffectKind {
  /** The names of functions that have such effects. */
  readonly functions: RegExp;
  /** Commands that have them, by their words. */
  readonly commands?: readonly string[];
}

/** Functions whose effects no transaction holds: locks of the session, other sessions, files, signals, the log. */
const OUTSIDE =
  'pg_(?:try_)?advisory_(?:un)?lock\\w*|dblink\\w*|pg_background_\\w*|lo_(?:ex|im)port|pg_logical_emit_message|pg_file_\\w*|' +
  'pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_create_restore_point|http(?:_\\w+)?';

/** What a rollback doesn't undo. */
export const lasting: EffectKind = {
  functions: new RegExp(`^(?:nextval|setval|setseed|${OUTSIDE})$`),
};

/**
 * What must not happen twice, of that which a rollback doesn't undo. A sequence only gets a gap, as from any statement
 * that fails. What functions in C and in untrusted languages do outside the database is not seen.
 */
export const unrepeatable: EffectKind = {
  functions: new RegExp(`^(?:${OUTSIDE})$`),
};

/** The same for CALL and DO, which may end transactions: what they have committed stays. */
export const unrepeatableOrCommitted: EffectKind = {
  functions: unrepeatable.functions,
  commands: ['commit', 'rollback'],
};

/**
 * Tables with the defaults of their columns (`nextval` for an identity); views and rules with what they read or write,
 * and tables with their partitions and children, whose triggers fire; then functions with their sources, and triggers with the names of their tables and functions.
 */
const defaultsSql = `
SELECT c.relname, CASE WHEN a.attidentity <> '' THEN 'nextval()' ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.oid >= '16384' AND c.relkind IN ('r', 'p', 'f', 'v') AND NOT a.attisdropped AND (a.attidentity <> '' OR d.oid IS NOT NULL)`;
const rulesSql = `
SELECT DISTINCT c.relname, other.relname FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid AND d.objid = r.oid
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
JOIN pg_catalog.pg_class other ON other.oid = d.refobjid
WHERE c.oid >= '16384' AND other.oid <> c.oid AND c.relkind IN ('r', 'p', 'v')
UNION SELECT parent.relname, child.relname FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class parent ON parent.oid = i.inhparent JOIN pg_catalog.pg_class child ON child.oid = i.inhrelid
WHERE parent.relkind IN ('r', 'p')`;
const functionsSql = `
SELECT p.proname, CASE WHEN p.prosrc = '' THEN pg_catalog.pg_get_functiondef(p.oid) ELSE p.prosrc END,
  NOT l.lanpltrusted AND l.lanname NOT IN ('sql', 'plpgsql')
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= '16384' AND p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal') AND n.nspname <> '${internalSchema}'
  AND n.nspname::pg_catalog.text NOT LIKE 'aws\\_%'`;
const triggersSql = `
SELECT c.relname, p.proname, t.tgdeferrable FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal`;

/**
 * Tells whether SQL may have effects of a kind, itself or through functions, defaults, rules and triggers: draw from a
 * sequence, take an advisory lock of the session, run a program. Names count without their schemas, so it errs towards
 * effects. Names that a body puts together at run time are not seen, but for those in its strings.
 */
export class LastingEffects {
  readonly #kind: EffectKind;
  readonly #functions: ReadonlySet<string>;
  readonly #tables: ReadonlySet<string>;
  readonly #whenDeferred: boolean;

  /** @param whenDeferred whether triggers that can be deferred have them: SET CONSTRAINTS says nothing of their tables */
  constructor(kind: EffectKind, functions: ReadonlySet<string>, tables: ReadonlySet<string>, whenDeferred: boolean) {
    this.#kind = kind;
    this.#functions = functions;
    this.#tables = tables;
    this.#whenDeferred = whenDeferred;
  }

  static readonly #known = new WeakMap<
    EffectKind,
    WeakMap<CatalogCache, { version: number; effects: LastingEffects }>
  >();

  /** Reads them from the catalog, once for each of its versions. */
  static async load(
    catalog: CatalogCache,
    connection: ServerConnection,
    kind: EffectKind = lasting,
  ): Promise<LastingEffects> {
    const known = LastingEffects.#known.get(kind) ?? new WeakMap();
    LastingEffects.#known.set(kind, known);
    const { version } = catalog;
    const latest = known.get(catalog);
    if (latest?.version === version) return latest.effects;
    const effects = await loadEffects(connection, kind);
    known.set(catalog, { version, effects });
    return effects;
  }

  in(sql: string): boolean {
    return this.among(sqlMentions(sql) ?? wordsIn(sql));
  }

  among({ calls, targets, words, copiesOnServer }: SqlMentions): boolean {
    const { functions, commands = [] } = this.#kind;
    if (copiesOnServer || commands.some((command) => words.has(command))) return true;
    if (this.#whenDeferred && words.has('constraints')) return true;
    for (const name of calls) if (functions.test(name) || this.#functions.has(name)) return true;
    for (const name of targets) if (this.#tables.has(name)) return true;
    return false;
  }
}

/** Of a text in another language: every word may be a name. */
function wordsIn(text: string): SqlMentions {
  const words = new Set(text.toLowerCase().match(/[\w$\u0080-\uffff]+/g) ?? []);
  return { calls: words, targets: words, words, copiesOnServer: words.has('copy') && words.has('program') };
}

/** Follows functions, defaults, rules and triggers until nothing new is found. */
async function loadEffects(connection: ServerConnection, kind: EffectKind): Promise<LastingEffects> {
  const [defaults, rules, sources, triggers] = await Promise.all(
    [defaultsSql, rulesSql, functionsSql, triggersSql].map(async (sql) => (await connection.run(sql)).rows),
  );
  const tables = new Set<string>();
  const functions = new Set<string>();
  let whenDeferred = false;
  const bodies = (sources ?? []).map(([name, source, untrusted]) => ({
    name,
    mentions: sqlMentions(source ?? '') ?? wordsIn(source ?? ''),
    untrusted,
  }));
  const values = (defaults ?? []).map(([table, value]) => ({
    table,
    mentions: sqlMentions(value ?? '') ?? wordsIn(value ?? ''),
  }));
  for (let found = -1; found < tables.size + functions.size; ) {
    found = tables.size + functions.size;
    const effects = new LastingEffects(kind, functions, tables, whenDeferred);
    for (const { name, mentions, untrusted } of bodies) {
      if (untrusted === 't' || effects.among(mentions)) functions.add(name ?? '');
    }
    for (const { table, mentions } of values) if (effects.among(mentions)) tables.add(table ?? '');
    for (const [rule, other] of rules ?? []) if (tables.has(other ?? '')) tables.add(rule ?? '');
    for (const [table, name, deferrable] of triggers ?? []) {
      if (!functions.has(name ?? '')) continue;
      tables.add(table ?? '');
      whenDeferred ||= deferrable === 't';
    }
  }
  return new LastingEffects(kind, functions, tables, whenDeferred);
}
