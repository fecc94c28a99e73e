import { median, rounded } from '../statistics.js';

export interface StormRun {
  readonly contestant: string;
  /** Infinity of a run that failed. */
  readonly seconds: number;
  /** HTTP requests, those throttled included. */
  readonly requests: number;
}

export interface StormBounds {
  /** Most time, as a multiple of the best fixed concurrency's. */
  readonly time: number;
  /** Most requests, as a multiple of the least that are needed. */
  readonly requests: number;
}

export interface StormReport {
  readonly bestFixed: string;
  /** Ours against the best fixed concurrency, which nobody knows beforehand; medians of the rounds. */
  readonly time: number;
  readonly requests: number;
  /** The time of the best rounds: what else the machine does makes a round longer, never shorter. */
  readonly bestTime: number;
}

/** @param least requests that are needed */
export function stormReport(runs: readonly StormRun[], least: number): StormReport {
  const of = (name: string, value: (run: StormRun) => number) =>
    runs.filter((run) => run.contestant === name).map(value);
  const times = (name: string) => of(name, (run) => run.seconds);
  const requests = of('ours', (run) => run.requests);
  const fixed = [...new Set(runs.map((run) => run.contestant))].filter((name) => name.startsWith('fixed'));
  const [bestFixed] = fixed.sort((a, b) => median(times(a)) - median(times(b)));
  if (bestFixed === undefined || requests.length === 0) throw new Error('nothing to compare');
  return {
    bestFixed,
    time: rounded(median(times('ours')) / median(times(bestFixed))),
    requests: rounded(median(requests) / least, 4),
    bestTime: rounded(Math.min(...times('ours')) / Math.min(...times(bestFixed))),
  };
}

/** What the report says against ours; empty where the bounds hold. */
export function missed({ bestTime, requests }: StormReport, bounds: StormBounds): string[] {
  return [
    // Of what failed there is no time: NaN is not within a bound.
    ...(bestTime <= bounds.time ? [] : [`${bestTime} of the time of the best fixed concurrency: over ${bounds.time}`]),
    ...(requests <= bounds.requests ? [] : [`${requests} of the least requests: over ${bounds.requests}`]),
  ];
}
