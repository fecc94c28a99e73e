import type { MlCall } from 'aws-ml-core';
import { type CallOutcomes, keyOf } from '../stubs/call-outcomes.js';
import type { StubReport } from '../stubs/stub-report.js';

/**
 * Notices when a run catches the failure of a call and makes the call again: natively it reaches the service again, and
 * may be answered. A replay has one outcome for each call.
 */
export class RepeatedFailures {
  /** Whether a failed call has been made again. */
  found = false;
  readonly #outcomes: CallOutcomes;
  readonly #raised = new Set<string>();

  constructor(outcomes: CallOutcomes) {
    this.#outcomes = outcomes;
  }

  /** @returns whether the report is the first that shows it */
  take({ kind, call }: StubReport): boolean {
    if (kind !== 'raised-failure' || this.found || !this.#outcomes.mayChangeFor(call)) return false;
    this.found = this.#hasRaised(call);
    return this.found;
  }

  #hasRaised(call: MlCall): boolean {
    const key = keyOf(call);
    if (this.#raised.has(key)) return true;
    this.#raised.add(key);
    return false;
  }
}

export const failedAgain = 'a failed call is made again, and its service may answer this time';
