import type { MlFunctionName } from '../ml-function.js';
import type { RequestObserver, RequestReport, RequestsObserver } from '../observer.js';

/** Average, least and most of a series; all 0 where it is empty. */
export interface Spread {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
}

/** What an ML function cost, for one statement or for all. */
export interface FunctionStats {
  readonly function: MlFunctionName;
  /** Evaluations of the function, equal ones included. */
  readonly inputs: number;
  /** Inputs that were different from every other of their statement. */
  readonly distinctInputs: number;
  /** Of them, those that had the answer to a request of another statement. */
  readonly sharedInputs: number;
  /** Of them, those that had their result from the cache. */
  readonly cachedInputs: number;
  /** Of them, those that were sent to the service; each counts once, however often it was sent again. */
  readonly sentInputs: number;
  /** Requests sent, whatever came of them; a retry is not a further one. HTTP requests = requests + retries. */
  readonly requests: number;
  /** HTTP requests beyond the first of a request, and requests that send failed documents again. */
  readonly retries: number;
  /** HTTP requests that the service refused because there were too many. */
  readonly throttles: number;
  /** Distinct inputs that failed. */
  readonly errors: number;
  /** Batches that the service has answered: their number, their distinct inputs, and milliseconds from sending to answer. */
  readonly batches: { readonly count: number; readonly size: Spread; readonly callTimeMs: Spread };
}

/** Running average, minimum and maximum. */
class SpreadCounter {
  #count = 0;
  #sum = 0;
  #min = 0;
  #max = 0;

  add(value: number): void {
    this.#min = this.#count === 0 ? value : Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sum += value;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  spread(): Spread {
    return { avg: this.#count === 0 ? 0 : this.#sum / this.#count, min: this.#min, max: this.#max };
  }
}

/** Counts for one function. */
export class FunctionCounters implements RequestsObserver, RequestObserver {
  inputs = 0;
  distinctInputs = 0;
  sharedInputs = 0;
  cachedInputs = 0;
  sentInputs = 0;
  errors = 0;
  #requests = 0;
  #retries = 0;
  #throttles = 0;
  #sizes = new SpreadCounter();
  #callTimes = new SpreadCounter();

  request(): RequestObserver {
    return this;
  }

  ended(report: RequestReport): void {
    // Credentials or endpoint could not be resolved: nothing was sent.
    if (report.attempts === 0) return;
    if (report.resend) this.#retries += report.attempts;
    else {
      this.#requests += 1;
      this.#retries += report.attempts - 1;
    }
    this.#throttles += report.throttles;
  }

  batch(size: number, callTimeMs: number): void {
    this.#sizes.add(size);
    this.#callTimes.add(callTimeMs);
  }

  snapshot(functionName: MlFunctionName): FunctionStats {
    return {
      function: functionName,
      inputs: this.inputs,
      distinctInputs: this.distinctInputs,
      sharedInputs: this.sharedInputs,
      cachedInputs: this.cachedInputs,
      sentInputs: this.sentInputs,
      requests: this.#requests,
      retries: this.#retries,
      throttles: this.#throttles,
      errors: this.errors,
      batches: {
        count: this.#sizes.count,
        size: this.#sizes.spread(),
        callTimeMs: this.#callTimes.spread(),
      },
    };
  }

  reset(): void {
    this.inputs = this.distinctInputs = this.errors = 0;
    this.sharedInputs = this.cachedInputs = this.sentInputs = 0;
    this.#requests = this.#retries = this.#throttles = 0;
    this.#sizes = new SpreadCounter();
    this.#callTimes = new SpreadCounter();
  }
}

/** The counters of every function that was called. */
export class StatsCollector {
  readonly #counters = new Map<MlFunctionName, FunctionCounters>();

  of(functionName: MlFunctionName): FunctionCounters {
    let counters = this.#counters.get(functionName);
    if (counters === undefined) {
      counters = new FunctionCounters();
      this.#counters.set(functionName, counters);
    }
    return counters;
  }

  snapshot(): FunctionStats[] {
    return [...this.#counters].map(([functionName, counters]) => counters.snapshot(functionName));
  }

  reset(): void {
    // In place: open statements go on counting into them.
    for (const counters of this.#counters.values()) counters.reset();
  }
}
