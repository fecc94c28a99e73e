import type { Node, RangeVar } from '../ast/node.js';

/** Types of columns by name, in order; a type is as format_type writes it, undefined where it can't be told. */
export type ColumnTypes = ReadonlyMap<string, string | undefined>;

/** An entry of FROM. */
export interface Source {
  readonly alias: string;
  /** Undefined for one with an alias. */
  readonly schema: string | undefined;
  /** Undefined where the columns aren't known. */
  readonly columns: ColumnTypes | undefined;
  /** Whether its rows are elements of a SUPER value. */
  readonly isUnnested: boolean;
}

/** What a name of an expression can mean. */
export type Meaning =
  /** A value within a jsonb column: the column, and how many parts of the name are it. */
  | { readonly kind: 'navigation'; readonly parts: number; readonly column: readonly string[] }
  | { readonly kind: 'column'; readonly type: string | undefined; readonly isUnnested: boolean }
  /** The server's to say. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Meaning = { kind: 'unknown' };

/** The entries of FROM that an expression sees: those of its query, and those of the queries around it. */
export class Scope {
  readonly #parent: Scope | undefined;
  readonly #sources: Source[] = [];
  readonly #ctes = new Map<string, ColumnTypes | undefined>();

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  add(source: Source): void {
    this.#sources.push(source);
  }

  addCte(name: string, columns: ColumnTypes | undefined): void {
    this.#ctes.set(name, columns);
  }

  /** What a query in FROM sees that is not LATERAL. */
  get outer(): Scope {
    const outer = new Scope(this.#parent);
    for (const [name, columns] of this.#ctes) outer.addCte(name, columns);
    return outer;
  }

  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** The columns of a WITH query that a name means; undefined where it means none. */
  cte({ schemaname, relname = '' }: RangeVar): { readonly columns: ColumnTypes | undefined } | undefined {
    if (schemaname !== undefined) return undefined;
    if (this.#ctes.has(relname)) return { columns: this.#ctes.get(relname) };
    return this.#parent?.cte({ relname } as RangeVar);
  }

  /** The nearest entry of this name. */
  source(alias: string): Source | undefined {
    return this.#sources.find((s) => s.alias === alias) ?? this.#parent?.source(alias);
  }

  /** Whether the first two parts of a name are a relation with its schema. */
  #isQualified([schema, relation]: readonly string[]): boolean {
    return (
      this.#sources.some((s) => s.schema === schema && s.alias === relation) ||
      (this.#parent?.isQualified(schema, relation) ?? false)
    );
  }

  isQualified(schema: string | undefined, relation: string | undefined): boolean {
    return schema !== undefined && relation !== undefined && this.#isQualified([schema, relation]);
  }

  /** What PostgreSQL can resolve, it means; only what it surely refuses is navigation. */
  meaning(names: readonly string[]): Meaning {
    const [first = '', second = ''] = names;
    if (names.length === 1) return this.#column(first);
    if (names.length > 2 && this.#isQualified(names)) return UNKNOWN;
    const source = this.source(first);
    if (source === undefined) {
      const column = this.#column(first);
      const isValue = column.kind === 'column' && column.type === 'jsonb';
      return isValue ? { kind: 'navigation', parts: 1, column: [first] } : UNKNOWN;
    }
    const { columns, isUnnested } = source;
    if (columns?.has(second)) {
      const type = columns.get(second);
      if (names.length === 2) return { kind: 'column', type, isUnnested };
      return type === 'jsonb' ? { kind: 'navigation', parts: 2, column: [first, second] } : UNKNOWN;
    }
    // The alias of an element stands for the element.
    return isUnnested ? { kind: 'navigation', parts: 1, column: [first, first] } : UNKNOWN;
  }

  /** A column by its name alone: of the nearest query that has one. */
  #column(name: string): Meaning {
    const having = this.#sources.filter(({ columns }) => columns?.has(name));
    const [only, another] = having;
    if (only === undefined) return this.#parent?.meaning([name]) ?? UNKNOWN;
    if (another !== undefined) return UNKNOWN;
    return { kind: 'column', type: only.columns?.get(name), isUnnested: only.isUnnested };
  }

  /** Whether the columns of all entries in sight are known: then a name that none of them has is no column. */
  get isComplete(): boolean {
    return this.#sources.every(({ columns }) => columns !== undefined) && (this.#parent?.isComplete ?? true);
  }
}

/** The columns under other names, as an alias gives them. */
export function renamed(columns: ColumnTypes | undefined, names: readonly string[]): ColumnTypes | undefined {
  if (columns === undefined || names.length === 0) return columns;
  return new Map([...columns].map(([name, type], i) => [names[i] ?? name, type]));
}

/** The strings of a column's name; undefined where it has a star. */
export function namesOf(fields: readonly Node[] | undefined): string[] | undefined {
  const names = (fields ?? []).map((field) => ('String' in field ? field.String.sval : undefined));
  return names.every((name) => name !== undefined) ? (names as string[]) : undefined;
}
