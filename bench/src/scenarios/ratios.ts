import { medianRatio, rounded } from '../statistics.js';
import type { Result } from './measure.js';
import type { Scenario } from './scenario.js';

/** The Pool against another contestant in one scenario: medians of the rounds' ratios. Below 1 the Pool is better. */
export interface Ratio {
  readonly ratio: string;
  readonly scenario: string;
  readonly title: string;
  readonly latencyMs: number;
  /** Of the time a row. */
  readonly wall: number;
  /** Of the client's CPU a row; undefined where the other's work isn't the client's. */
  readonly cpu: number | undefined;
  /** Of the requests a row. */
  readonly requests: number;
  /** Undefined where the other had a sample of the rows. */
  readonly peakMemory: number | undefined;
}

/** @throws Error where the contestants came to different results */
export function ratioOf(scenario: Scenario, ours: readonly Result[], theirs: readonly Result[]): Ratio | undefined {
  const [first] = theirs;
  if (first === undefined || ours[0] === undefined) return undefined;
  const sampled = ours[0].rows !== first.rows;
  if (!sampled && ours[0].checksum !== first.checksum) {
    throw new Error(`${scenario.name}: pool and ${first.contestant} disagree`);
  }
  const ratio = (of: (result: Result) => number) => rounded(medianRatio(ours, theirs, of));
  const onServer = scenario.onServer?.includes(first.contestant) ?? false;
  return {
    ratio: `pool / ${first.contestant}`,
    scenario: scenario.name,
    title: scenario.title,
    latencyMs: first.latencyMs,
    wall: ratio((result) => result.wallMs / result.rows),
    cpu: onServer ? undefined : ratio((result) => result.cpuMs / result.rows),
    requests: ratio((result) => result.requests / result.rows),
    peakMemory: sampled || onServer ? undefined : ratio((result) => result.peakMemoryMb),
  };
}
