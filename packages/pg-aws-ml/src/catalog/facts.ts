import type { MlFunctionName } from 'aws-ml-core';
import type { CatalogFacts, ColumnFact, FunctionFact, RelationFact } from 'pg-rewriter';
import type { ExtensionVersion } from '../stubs/sql/ml-functions.js';
import type { RefusedTextSetting } from './text-settings.js';

/** What a statement's treatment depends on and every session has for itself. */
export interface SessionFacts {
  /** The role whose rights count now. */
  readonly role: string;
  readonly superuser: boolean;
  /** The schemas in which unqualified names are looked up, in order, the implicit ones included. */
  readonly searchPath: readonly string[];
  /** Whether the session has temporary objects: they may hide others. */
  readonly hasTemporaryObjects: boolean;
  /** The ML functions that this package has installed; null where it hasn't. */
  readonly extensionVersion: ExtensionVersion | null;
  /** The ML functions that the role may call: EXECUTE on every overload that is there, USAGE on the schema. */
  readonly executable: ReadonlySet<MlFunctionName>;
  /**
   * The ML functions that the role may call but not name: EXECUTE, but no USAGE on the schema. What the server holds
   * parsed (views, BEGIN ATOMIC) calls them all the same; a text that names them is denied.
   */
  readonly callableUnnamed: ReadonlySet<MlFunctionName>;
  /** OID of the invoke_endpoint that stands for all its overloads; null where it isn't installed. */
  readonly principalInvokeEndpoint: number | null;
  /** Whether `apg_enable_function_migration` is on. */
  readonly functionMigration: boolean;
  /** `track_functions`: which functions the server counts the calls of. */
  readonly trackFunctions: 'none' | 'pl' | 'all';
  /** Whether the server can be told to publish its counts at once (PostgreSQL 15). */
  readonly flushesStatistics: boolean;
  /** As SHOW gives them. */
  readonly transactionIsolation: string;
  readonly readOnly: boolean;
  readonly inRecovery: boolean;
  /** Whether a COPY into `waitingTable` succeeds. */
  readonly mayCopyIn: boolean;
  /** Whether the role may create temporary tables in this database. */
  readonly mayCreateTemporary: boolean;
  /** In milliseconds; 0 means none. */
  readonly statementTimeout: number;
  /**
   * Whether values are written in a form that doesn't read back exactly: `extra_float_digits` below 1, or a DateStyle
   * with ambiguous time zones.
   */
  readonly lossyOutput: boolean;
  /** The first setting of the session under which statements with ML calls are refused; null where there is none. */
  readonly refusedTextSetting: RefusedTextSetting | null;
  /** A text that changes when the catalog does. */
  readonly catalogVersion: string;
  /** Whether the extension's `session_facts()` gives the same facts. */
  readonly hasFactsFunction: boolean;
  /** The revision of the internals that the database has; null for an early one. */
  readonly internals: string | null;
  /** The revision of what aws_s3 has in the database; null where it isn't installed by us. */
  readonly transfers: string | null;
}

export interface LoadedFunction extends FunctionFact {
  readonly oid: number;
  readonly owner: string;
  /** The body of a function in any interpreted language. */
  readonly source: string | null;
}

export interface LoadedColumn extends ColumnFact {
  readonly typeOid: number;
  readonly typeModifier: number;
  /** Whether its type is a row type. */
  readonly composite: boolean;
}

export interface LoadedRelation extends RelationFact {
  readonly oid: number;
  readonly owner: string;
  readonly columns: readonly LoadedColumn[];
  /** Whether row-level security filters what the current role reads. */
  readonly rowSecurity: boolean;
}

/** The facts of one role and search path. Everything loaded so far; the planner asks for more by MissingFacts. */
export interface LoadedFacts extends CatalogFacts {
  readonly functions: ReadonlyMap<string, readonly LoadedFunction[]>;
  readonly relations: ReadonlyMap<string, LoadedRelation | null>;
}

/** A function through which an ML function may be called, or an ML function itself. */
export interface ReachingFunction {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** How a statement over a relation may call an ML function without naming it. */
export type ReachingPart =
  | 'view'
  /** A rule, or a view that passes on what is written to it. */
  | 'rule'
  | 'trigger'
  | 'deferred trigger'
  | 'default'
  /** A check, the type of a column, or what decides on the partition of a row. */
  | 'constraint'
  | 'policy'
  /** An expression of an index, or of extended statistics. */
  | 'index';

export interface ReachingRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly parts: readonly ReachingPart[];
}

/**
 * Everything in the database from which an ML function may be called. Bodies in text are searched for names, so it may
 * hold too much, never too little, but for names that a body puts together at run time.
 */
export interface MlReach {
  readonly functions: ReadonlyMap<number, ReachingFunction>;
  readonly relations: ReadonlyMap<number, ReachingRelation>;
  /** The bare names of all of them, in lower case: a text without any of these calls nothing. */
  readonly names: ReadonlySet<string>;
  /** The names of those that take one row: `r.name` calls them like `name(r)`. */
  readonly rowFunctions: ReadonlySet<string>;
  /** The symbols of operators that call one. */
  readonly operators: ReadonlySet<string>;
  /** The names of types that call one where a value becomes theirs. */
  readonly types: ReadonlySet<string>;
  /** The bare names of functions that fetch from cursors: from one that is open, its query's calls are made. */
  readonly cursorFunctions: ReadonlySet<string>;
}

export interface TypeFact {
  readonly oid: number;
  /** As format_type writes it. */
  readonly name: string;
  readonly kind: 'base' | 'composite' | 'domain' | 'enum' | 'pseudo' | 'range' | 'multirange';
  /** The type of the elements where it is a true array, else null. */
  readonly elementType: number | null;
  /** The type under a domain, else null. */
  readonly baseType: number | null;
}
