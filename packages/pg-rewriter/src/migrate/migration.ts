import type { MlFunctionName } from 'aws-ml-core/ml-functions';
import type { MissingFacts } from '../analysis/plan-context.js';

/** What becomes of a statement's ML calls where it is not cut but written anew for EXPLAIN. */
export type MigrationOutcome = Migration | { readonly kind: 'needs-facts'; readonly missing: MissingFacts };

export interface Migration {
  readonly kind: 'migration';
  /** The migrated statement; the text that was given where no call was moved. */
  readonly sql: string;
  /** Whether `sql` differs from what was given. */
  readonly changed: boolean;
  /** The ML calls in FROM, those that stood there already included. */
  readonly scans: readonly LateralScan[];
  /** The ML calls that stay where they stand. */
  readonly kept: readonly KeptCall[];
  /** Why the statement's calls could not even be told apart; undefined as a rule. */
  readonly reason?: string;
}

/** An ML call, or a call of a function that wraps one, as an item of FROM. */
export interface LateralScan {
  readonly alias: string;
  readonly schema: string;
  readonly name: string;
  /** Whether it is one of the ML functions itself, and not a function that wraps one. */
  readonly isMlFunction: boolean;
  /** `name(arguments)`, the name qualified where the search path doesn't find it. */
  readonly call: string;
  /** What it invokes; empty where that can't be told. */
  readonly targets: readonly ReachedTarget[];
}

export interface ReachedTarget {
  readonly function: MlFunctionName;
  /** The endpoint, the model or (of detect_sentiment) the language; undefined where it is no constant. */
  readonly name: string | undefined;
}

export interface KeptCall {
  readonly schema: string;
  readonly name: string;
  /** For people: why the call was not moved. */
  readonly reason: string;
}
