import type { CatalogCache } from '../catalog/catalog-cache.js';
import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from '../stubs/names.js';

export interface EffectKind {
  /** The words of functions and commands that have such effects. */
  readonly words: RegExp;
  /** Whether rows that draw from a sequence count. */
  readonly sequences: boolean;
}

/** What a rollback doesn't undo. */
export const lasting: EffectKind = {
  words: /\b(?:nextval|setval|setseed|pg_(?:try_)?advisory_(?:un)?lock\w*|dblink\w*)\b/i,
  sequences: true,
};

/**
 * What must not happen twice, of that which a rollback doesn't undo. A sequence only gets a gap, as from any statement
 * that fails. What functions in C and in untrusted languages do outside the database is not seen.
 */
export const unrepeatable: EffectKind = {
  words: /\b(?:pg_(?:try_)?advisory_(?:un)?lock\w*|dblink\w*|lo_export|pg_logical_emit_message)\b/i,
  sequences: false,
};

/** The same for CALL and DO, which may end transactions: what they have committed stays. */
export const unrepeatableOrCommitted: EffectKind = {
  words: new RegExp(`${unrepeatable.words.source}|commit|rollback`, 'i'),
  sequences: false,
};

/**
 * Tables that draw from a sequence when a row is inserted, with their names; then functions with their sources, and
 * triggers with the names of their tables and functions.
 */
const tablesSql = `
SELECT DISTINCT c.relname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.oid >= '16384' AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
  AND (a.attidentity <> '' OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '\\mnextval\\M')`;
const functionsSql = `
SELECT p.proname, p.prosrc FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= '16384' AND l.lanname NOT IN ('c', 'internal') AND n.nspname <> '${internalSchema}'
  AND n.nspname::pg_catalog.text NOT LIKE 'aws\\_%'`;
const triggersSql = `
SELECT c.relname, p.proname FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal`;

/**
 * Tells by its text whether SQL may have effects of a kind, itself or through functions and triggers: draw from a
 * sequence, take an advisory lock of the session. Names that a body puts together at run time are not seen.
 */
export class LastingEffects {
  readonly #kind: EffectKind;
  readonly #functions: ReadonlySet<string>;
  readonly #tables: ReadonlySet<string>;

  private constructor(kind: EffectKind, functions: ReadonlySet<string>, tables: ReadonlySet<string>) {
    this.#kind = kind;
    this.#functions = functions;
    this.#tables = tables;
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

  static of(kind: EffectKind, functions: ReadonlySet<string>, tables: ReadonlySet<string>): LastingEffects {
    return new LastingEffects(kind, functions, tables);
  }

  in(sql: string): boolean {
    if (this.#kind.words.test(sql)) return true;
    for (const [, word = ''] of sql.matchAll(/([\w$\u0080-\uffff]+)"?\s*\(/g)) {
      if (this.#functions.has(word.toLowerCase())) return true;
    }
    const written =
      /\b(?:insert\s+into|merge\s+into|update|delete\s+from|copy)\s+(?:only\s+)?(?:[\w"$]+\.)?"?([\w$\u0080-\uffff]+)/gi;
    for (const [, table = ''] of sql.matchAll(written)) if (this.#tables.has(table.toLowerCase())) return true;
    return false;
  }
}

/** Follows functions and triggers until nothing new is found. */
async function loadEffects(connection: ServerConnection, kind: EffectKind): Promise<LastingEffects> {
  const [drawing, sources, triggers] = await Promise.all([
    connection.run(tablesSql),
    connection.run(functionsSql),
    connection.run(triggersSql),
  ]);
  const lower = (value: string | null | undefined): string => (value ?? '').toLowerCase();
  const tables = new Set(kind.sequences ? drawing.rows.map(([name]) => lower(name)) : []);
  const functions = new Set<string>();
  for (let found = -1; found < tables.size + functions.size; ) {
    found = tables.size + functions.size;
    const effects = LastingEffects.of(kind, functions, tables);
    for (const [name, source] of sources.rows) {
      if (!functions.has(lower(name)) && effects.in(source ?? '')) functions.add(lower(name));
    }
    for (const [table, name] of triggers.rows) if (functions.has(lower(name))) tables.add(lower(table));
  }
  return LastingEffects.of(kind, functions, tables);
}
