/** NaN of no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** The median of the ratios of the rounds: what the machine does besides meets both sides of a round alike. */
export function medianRatio<T>(ours: readonly T[], theirs: readonly T[], of: (value: T) => number): number {
  if (ours.length !== theirs.length) throw new Error(`rounds: ${ours.length} of ours, ${theirs.length} of theirs`);
  return median(ours.map((value, round) => of(value) / of(theirs[round] as T)));
}

export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits));
