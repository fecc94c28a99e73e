import type { AwsMlError } from './errors.js';
import type { Invocation } from './invocations/batch.js';
import type { MlCall } from './ml-call.js';
import type { StatementObserver } from './observer.js';
import type { BudgetLimits } from './options/budget-options.js';
import type { OnError } from './options/shared-options.js';
import type { FunctionStats } from './stats/function-stats.js';

export interface StatementOptions {
  /** Aborts the statement's requests; what has no result then fails with code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the Invoker's. */
  readonly onError?: OnError | undefined;
  /**
   * Under `fail`: a failed call has its error and the others go on, for a caller that decides itself what the error does
   * to the statement. Default false.
   */
  readonly isolateErrors?: boolean | undefined;
  /**
   * What the statement may spend. Default: the Invoker's `statementBudget`. A request that would exceed it fails the
   * statement with code BUDGET_EXCEEDED, whatever `onError` says.
   */
  readonly budget?: BudgetLimits | undefined;
  /**
   * What the budget belongs to, where a statement is opened more than once: those that are opened for the same object spend
   * one budget, that of the first. Default: a budget of its own.
   */
  readonly budgetOwner?: object | undefined;
  /** Told of the statement's requests, whatever `stats` count. */
  readonly observer?: StatementObserver | undefined;
}

/** The ML calls of one statement. To be closed when the statement ends, however it ends. */
export interface StatementInvocations {
  /**
   * Asks for a call's result. Equal calls get the same Invocation and are sent once. A batch is dispatched as soon as
   * it is full; the last one of each target waits for `flush`.
   */
  enqueue(call: MlCall): Invocation;
  /** The same, but equal calls that have failed don't count: it is sent again, for a caller that tries again. */
  retry(call: MlCall): Invocation;
  /**
   * Dispatches the batches that aren't full: all of them, or those in which one of the given invocations waits. To be
   * called when no further input is to come soon.
   */
  flush(waitedFor?: Iterable<Invocation>): void;
  /** Whether one of them waits in a batch that isn't full, and so for further input or `flush`. */
  waitsForInput(invocations: Iterable<Invocation>): boolean;
  /**
   * Resolves when all of them, which must be of this statement, have a result or an error; never rejects. Invocations
   * whose batch isn't full wait for it to fill up, so `flush` first where nothing more is enqueued. With a result store it
   * also resolves when one of them has turned out to wait for further input: `waitsForInput` tells.
   */
  settled(invocations: Iterable<Invocation>): Promise<void>;
  /** Inputs that wait for their batch to fill up, or for `flush`. */
  readonly pendingInputs: number;
  /** Batches that were dispatched and have no outcome yet; what is looked for in a result store counts as if it was sent. */
  readonly batchesInFlight: number;
  /** Counts by function, in the order of their first calls. */
  stats(): FunctionStats[];
  /**
   * The error that the statement fails with: the first that happened. From then on nothing is sent, and every call
   * without a result has this error. Undefined where errors give NULL.
   */
  firstError(): AwsMlError | undefined;
  /** Aborts what is in flight, drops what isn't sent, and settles it all. */
  close(): void;
}
