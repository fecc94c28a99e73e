import { LRUCache } from 'lru-cache';
import type { ServerConnection } from '../server/server-connection.js';

/** A type with its modifier, as RowDescription gives it. */
export interface TypeReference {
  readonly oid: number;
  readonly modifier: number;
}

export interface TypeName {
  /** For a cast in SQL. */
  readonly sql: string;
  /** Whether values are arrays, so that `invoke_endpoint` spreads them. */
  readonly isArray: boolean;
  /** Whether a value in text form can be cast back: not so for anonymous records and other pseudo-types. */
  readonly hasInput: boolean;
}

/** More than one statement has columns; a name is at most 63 bytes, twice, with a modifier. As `max`, the cache would make room for them all. */
const MAX_TYPES = 10_000;

/** Names of types by OID and modifier. Kept for the life of a pool: the types of a result rarely change. */
export class TypeNames {
  readonly #known = new LRUCache<string, TypeName>({ maxSize: MAX_TYPES, sizeCalculation: () => 1 });

  /** @throws Error where the type has been dropped meanwhile */
  get(type: TypeReference): TypeName {
    const name = this.#known.get(keyOf(type));
    if (name === undefined) throw new Error(`type ${type.oid} has not been looked up`);
    return name;
  }

  /** Looks up those that are not known. User-defined types are always written with their schema. */
  async load(connection: ServerConnection, types: readonly TypeReference[]): Promise<void> {
    const missing = new Map(types.filter((t) => !this.#known.has(keyOf(t))).map((t) => [keyOf(t), t]));
    if (missing.size === 0) return;
    const list = [...missing.values()];
    const { rows } = await connection.run(lookup, {
      values: [`{${list.map((t) => t.oid).join()}}`, `{${list.map((t) => t.modifier).join()}}`],
    });
    for (const [oid, modifier, sql, isArray, hasInput] of rows) {
      const key = keyOf({ oid: Number(oid), modifier: Number(modifier) });
      this.#known.set(key, { sql: sql ?? 'text', isArray: isArray === 't', hasInput: hasInput === 't' });
    }
  }

  /** Forgets user-defined types, after DDL. */
  forgetUserTypes(): void {
    for (const key of [...this.#known.keys()]) if (Number.parseInt(key, 10) >= FIRST_USER_OID) this.#known.delete(key);
  }
}

const FIRST_USER_OID = 16384;

const keyOf = ({ oid, modifier }: TypeReference): string => `${oid}:${modifier}`;

const lookup = `
SELECT wanted.oid, wanted.modifier,
  CASE WHEN named.oid >= '${FIRST_USER_OID}' OR n.nspname <> 'pg_catalog'
    THEN pg_catalog.format('%I.%I%s', n.nspname, named.typname, CASE WHEN named.oid <> t.oid THEN '[]' END)
    ELSE pg_catalog.format_type(t.oid, wanted.modifier) END,
  t.typlen = '-1' AND t.typelem <> '0' AND t.typcategory = 'A',
  t.typtype <> 'p' AND COALESCE(element.typtype <> 'p', true)
FROM unnest($1::pg_catalog.oid[], $2::pg_catalog.int4[]) AS wanted(oid, modifier)
JOIN pg_catalog.pg_type t ON t.oid = wanted.oid
LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem AND t.typlen = '-1' AND t.typcategory = 'A'
JOIN pg_catalog.pg_type named ON named.oid = COALESCE(element.oid, t.oid)
JOIN pg_catalog.pg_namespace n ON n.oid = named.typnamespace`;
