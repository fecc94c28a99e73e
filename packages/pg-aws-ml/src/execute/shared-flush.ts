import type { Invocation, StatementInvocations } from 'aws-ml-core';

/**
 * Lets scans that run side by side share their last batches: what waits in partial batches is sent when the input of all
 * of them has ended.
 */
export class SharedFlush {
  readonly #invocations: StatementInvocations;
  readonly #waiting: Invocation[] = [];
  #open: number;

  /** @param scans how many share it */
  constructor(invocations: StatementInvocations, scans: number) {
    this.#invocations = invocations;
    this.#open = scans;
  }

  /** One of the scans has read its input to the end, or ends without. */
  inputEnded(waiting: readonly Invocation[]): void {
    this.#waiting.push(...waiting);
    this.#open -= 1;
    if (this.#open === 0) this.#invocations.flush(this.#waiting);
  }
}
