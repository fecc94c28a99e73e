import { median, rounded } from '../statistics.js';

export interface SoakResult {
  /** Heap in use after a garbage collection, in MiB, in the order of the samples. */
  readonly heapsMb: readonly number[];
  /** How often a statement ended with each SQLSTATE, or name of an error without one. */
  readonly errors: ReadonlyMap<string, number>;
  /** Sockets and timers that were left when everything was closed. */
  readonly left: readonly string[];
  /** Statements that ended well. */
  readonly succeeded: number;
}

/** Growth of the heap from the second quarter of the samples, when everything is warm, to the last. */
export function growthMb(heapsMb: readonly number[]): number {
  const quarter = heapsMb.length >> 2;
  if (quarter === 0) throw new Error(`${heapsMb.length} samples are too few to tell growth`);
  return rounded(median(heapsMb.slice(-quarter)) - median(heapsMb.slice(quarter, 2 * quarter)));
}

/** What went wrong; empty where nothing did. Errors of the services are class 38, and belong to the exercise. */
export function wrongs({ heapsMb, errors, left, succeeded }: SoakResult, mostGrowthMb: number): string[] {
  const growth = growthMb(heapsMb);
  const unexpected = [...errors].filter(([code]) => !/^38...$/.test(code));
  return [
    ...(growth <= mostGrowthMb ? [] : [`the heap grew by ${growth} MB: over ${mostGrowthMb}`]),
    ...unexpected.map(([code, times]) => `${times} statements ended with ${code}`),
    ...(left.length === 0 ? [] : [`left behind: ${left.join(', ')}`]),
    ...(succeeded > 0 ? [] : ['no statement ended well']),
  ];
}
