/** What the planner is told of a database. Collected by the engine, so that planning needs no connection. */
export interface CatalogFacts {
  /** The schemas of the effective search path in order, pg_catalog included where it is searched. */
  readonly searchPath: readonly string[];
  /** Every overload of each function name that a statement mentions, by bare name; a missing key means "not asked". */
  readonly functions: ReadonlyMap<string, readonly FunctionFact[]>;
  /** The relations that a statement mentions, by `relationKey`; null where there is none of that name. */
  readonly relations: ReadonlyMap<string, RelationFact | null>;
}

export interface FunctionFact {
  /** Its OID; absent where the facts don't come from a database. */
  readonly oid?: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly language: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly strict: boolean;
  readonly securityDefiner: boolean;
  /** Whether its body does the same with the rights of the current role: its text may stand in for it. Default: it isn't SECURITY DEFINER. */
  readonly runsAsCaller?: boolean;
  readonly returnsSet: boolean;
  /** Whether it has SET clauses, which rule out inlining. */
  readonly hasSettings: boolean;
  readonly arguments: readonly ArgumentFact[];
  /** As format_type writes it. */
  readonly returnType: string;
  /** The columns of a composite result (OUT parameters, TABLE, a composite type); null for a scalar. */
  readonly resultColumns: readonly ColumnFact[] | null;
  /** Source of a LANGUAGE SQL function; null for other languages. */
  readonly body: string | null;
  /** Whether its body can call an ML function, directly or through other functions. */
  readonly reachesMl: boolean;
}

export interface ArgumentFact {
  /** Null where it has no name. */
  readonly name: string | null;
  readonly mode: 'in' | 'out' | 'inout' | 'variadic' | 'table';
  readonly type: string;
  /** SQL text of the default; null where an argument is required. */
  readonly default: string | null;
}

export interface ColumnFact {
  readonly name: string;
  /** As format_type writes it. */
  readonly type: string;
}

export interface RelationFact {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view' | 'composite type';
  readonly columns: readonly ColumnFact[];
  /** For a view through which an ML function can be called. */
  readonly mlView?: {
    readonly definition: string;
    /** Whether its text may stand in for it: its owner has the rights of the current role. */
    readonly expandable: boolean;
  };
}

/** The key of a relation as a statement writes it. */
export const relationKey = (schema: string | undefined, name: string): string => JSON.stringify([schema ?? null, name]);
