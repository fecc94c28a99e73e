import type { AwsMlError } from '../errors.js';
import type { MlResult } from '../ml-call.js';

/** One distinct input of a statement on its way to a result. Rows with equal inputs share it. */
export interface Invocation {
  readonly settled: boolean;
  readonly result: MlResult | undefined;
  readonly error: AwsMlError | undefined;
  /** Whether the call failed; under onError null its result stands for the failure. */
  readonly failed: boolean;
}

/** The Invocation as the batcher sees it. `batch` is there until it is settled. */
export class PendingInvocation implements Invocation {
  result: MlResult | undefined = undefined;
  error: AwsMlError | undefined = undefined;
  batch: Batch | undefined = undefined;
  failed = false;

  get settled(): boolean {
    return this.result !== undefined || this.error !== undefined;
  }
}

export interface Waiter {
  batchSettled(): void;
}

/** Somebody who waits for a number of batches. One for each wait, however many rows it is for. */
export class BatchWaiter implements Waiter {
  #remaining: number;
  readonly #resolve: () => void;

  constructor(batches: number, resolve: () => void) {
    this.#remaining = batches;
    this.#resolve = resolve;
  }

  batchSettled(): void {
    this.#remaining -= 1;
    if (this.#remaining === 0) this.#resolve();
  }
}

/** Inputs of one target that travel together. */
export class Batch {
  readonly inputs: string[] = [];
  readonly invocations: PendingInvocation[] = [];
  /** UTF-8 bytes of the inputs and the separators between them. */
  bytes = 0;
  settled = false;
  dispatched = false;
  readonly #waiters: Waiter[] = [];

  add(input: string, invocation: PendingInvocation, bytes: number): void {
    this.bytes += this.inputs.length === 0 ? bytes : bytes + 1;
    this.inputs.push(input);
    this.invocations.push(invocation);
    invocation.batch = this;
  }

  addWaiter(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }

  /** Hands every invocation its outcome, then wakes the waiters. */
  settle(outcomeOf: (index: number) => MlResult | AwsMlError): void {
    this.settled = true;
    this.invocations.forEach((invocation, index) => {
      const outcome = outcomeOf(index);
      if (isResult(outcome)) invocation.result = outcome;
      else {
        invocation.error = outcome;
        invocation.failed = true;
      }
      invocation.batch = undefined;
    });
    this.wake();
  }

  /** To be called by itself where the invocations have gone elsewhere. */
  wake(): void {
    this.settled = true;
    for (const waiter of this.#waiters) waiter.batchSettled();
  }
}

export function isResult(outcome: MlResult | AwsMlError): outcome is MlResult {
  return Array.isArray(outcome);
}
