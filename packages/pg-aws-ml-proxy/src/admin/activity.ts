import type { ExecutionMode, PoolObserver, StatementStart, StatementWatch } from 'pg-aws-ml/session';
import { SlowStatements } from './slow-statements.js';

/** Names of endpoints, models and languages may come from rows: further ones count together. */
const MOST_TARGETS = 100;

/** What was sent to one endpoint, model or language. */
export interface TargetActivity {
  readonly function: string;
  /** Undefined for what doesn't look like a name, and for further ones. */
  readonly target: string | undefined;
  requests: number;
  inFlight: number;
  inputs: number;
  /** By the price table. */
  costUsd: number;
  /** Of the inputs, those that have no price. */
  unpricedInputs: number;
  failures: number;
  /** Of requests that are over, their retries included. */
  requestMs: number;
}

/** A statement with ML calls that is over. */
export interface EndedStatement {
  readonly command: string;
  readonly way: ExecutionMode | undefined;
  readonly seconds: number;
  readonly failed: boolean;
}

/** Counts what the statements with ML calls do: names, numbers and times, no text. */
export class Activity implements PoolObserver {
  readonly slow = new SlowStatements();
  /** Statements with ML calls that are being answered. */
  running = 0;
  onEnd: (statement: EndedStatement) => void = () => {};
  readonly #targets = new Map<string, TargetActivity>();

  targets(): readonly TargetActivity[] {
    return [...this.#targets.values()];
  }

  statement(start: StatementStart): StatementWatch {
    let way: ExecutionMode | undefined;
    this.running += 1;
    return {
      runs(mode) {
        way = mode;
      },
      sends: ({ function: name, target, inputs, costUsd }) => {
        const counts = this.#of(name, target);
        counts.inputs += inputs;
        if (costUsd === undefined) counts.unpricedInputs += inputs;
        else counts.costUsd += costUsd;
      },
      request: ({ function: name, target }) => {
        const counts = this.#of(name, target);
        counts.inFlight += 1;
        return {
          ended({ attempts, errorCode, durationMs, resend }) {
            counts.inFlight -= 1;
            if (attempts > 0 && !resend) counts.requests += 1;
            if (errorCode !== undefined && errorCode !== 'ABORTED') counts.failures += 1;
            counts.requestMs += durationMs;
          },
        };
      },
      ended: ({ rows, failure }) => {
        this.running -= 1;
        const { command } = start;
        const ms = performance.now() - start.recognisedAt;
        const failed = failure !== undefined;
        this.slow.add({ fingerprint: fingerprintOf(start), command, way, rows }, ms, failed);
        this.onEnd({ command, way, seconds: ms / 1000, failed });
      },
    };
  }

  #of(name: string, target: string | undefined): TargetActivity {
    const known = this.#targets.get(keyOf(name, target));
    if (known !== undefined) return known;
    if (target !== undefined && this.#targets.size >= MOST_TARGETS) return this.#of(name, undefined);
    const counts = {
      function: name,
      target,
      requests: 0,
      inFlight: 0,
      inputs: 0,
      costUsd: 0,
      unpricedInputs: 0,
      failures: 0,
      requestMs: 0,
    };
    this.#targets.set(keyOf(name, target), counts);
    return counts;
  }
}

const keyOf = (name: string, target: string | undefined): string => `${name} ${target ?? ''}`;

/** A tree may nest more deeply than can be walked through. */
function fingerprintOf(start: StatementStart): string {
  try {
    return start.fingerprint();
  } catch {
    return 'unknown';
  }
}

/** Of several processes. */
export function sumOfTargets(lists: readonly (readonly TargetActivity[])[]): TargetActivity[] {
  const sums = new Map<string, TargetActivity>();
  for (const one of lists.flat()) {
    const key = keyOf(one.function, one.target);
    const sum = sums.get(key);
    if (sum === undefined) {
      sums.set(key, { ...one });
      continue;
    }
    sum.requests += one.requests;
    sum.inFlight += one.inFlight;
    sum.inputs += one.inputs;
    sum.costUsd += one.costUsd;
    sum.unpricedInputs += one.unpricedInputs;
    sum.failures += one.failures;
    sum.requestMs += one.requestMs;
  }
  return [...sums.values()];
}
