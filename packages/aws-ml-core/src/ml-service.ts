import type { AwsMlError } from './errors.js';
import type { MlResult, TextValue } from './ml-call.js';
import type { MlFunctionName } from './ml-function.js';
import type { RequestsObserver } from './observer.js';

/** What the calls of one request have in common: a language, an endpoint, or a model with its content types. */
export interface MlTarget {
  /** The call's arguments at the service's `targetPositions`, in that order. */
  readonly arguments: readonly TextValue[];
  /** The language, endpoint or model. Requests to one name share a bound on their concurrency. */
  readonly name: string;
}

/** Whoever decides how many requests go at once: told of what becomes of each, and asked before one is tried again. */
export interface RequestFlow {
  /** A request was answered, with a result or an error. */
  answered(latencyMs: number): void;
  /**
   * A request was throttled. Resolves when it may be tried again; with false where that is not to be. Such attempts don't
   * count towards `maxAttempts`.
   */
  throttled(): Promise<boolean>;
}

export interface InvokeOptions {
  readonly target: MlTarget;
  /** Aborts the requests in flight; the inputs without a result then fail with code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Default: a throttled request is tried again as the SDK does it, up to `maxAttempts`. */
  readonly flow?: RequestFlow | undefined;
  /** Told of every request, whatever comes of it. */
  readonly observer?: RequestsObserver | undefined;
}

/** An outcome per input: its result, or the error that is its own. */
export type InvokeOutcome = MlResult | AwsMlError;

/** What a request of a service can carry. */
export interface RequestLimits {
  /** Positions of the arguments that make the target; the first one is its name. */
  readonly targetPositions: readonly number[];
  readonly maxInputsPerRequest: number;
  /** UTF-8 bytes of the inputs of a request, one separator between each two; Infinity where only their number counts. */
  readonly maxBytesPerRequest: number;
}

/** Calls one ML function's service in batches. Knows the wire and the limits; knows nothing of statements. */
export interface MlService extends RequestLimits {
  readonly function: MlFunctionName;
  /** Whose requests share a bound on concurrency: all of the service, or those to one target. */
  readonly concurrencyScope: 'service' | 'target';
  /**
   * The input as it will be sent. Calls with equal targets and equal inputs are the same call.
   * Only for arguments that `toMlCall` let through.
   */
  encodeInput(callArguments: readonly TextValue[]): string;
  /**
   * The error of an input that the service is certain to refuse, which saves the request; undefined for the others.
   *
   * @param call which of the statement's calls of the function it is, for the message: from 1, NULL inputs not counted
   */
  refuse(input: string, target: MlTarget, call?: number): AwsMlError | undefined;
  /**
   * Invokes the service with inputs of one target, at most `maxInputsPerRequest` and none that `refuse` rejects.
   * Resolves with as many outcomes, in the same order. Rejects only on misuse (TypeError).
   */
  invokeBatch(inputs: readonly string[], options: InvokeOptions): Promise<InvokeOutcome[]>;
  /** Closes the connections that the service opened itself. */
  close(): void;
}
