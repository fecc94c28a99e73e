import type { MlFunction } from '../ml-function.js';

/** What is to be known of an ML function beside its adapter: pure data, one for each folder. */
export interface MlFunctionDefinition {
  readonly signature: MlFunction;
  readonly nulls: NullRules;
  /** The service as messages name it. */
  readonly serviceName: string;
  /** What the call names, and how such names look: nothing else of a call may stand in an error. */
  readonly target: { readonly kind: 'language' | 'endpoint' | 'model'; readonly pattern: RegExp };
  /** The IAM actions that its requests need. */
  readonly actions: string;
}

/** Positions are those of `MlCall.arguments`. */
export interface NullRules {
  /** Arguments whose NULL makes the result NULL, without a request. */
  readonly nullResult: readonly number[];
  /** Arguments that must not be NULL, with their names. */
  readonly required: readonly (readonly [position: number, name: string])[];
}
