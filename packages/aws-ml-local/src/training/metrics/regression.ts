/** What a regression answered for rows whose values are known. */
export interface Estimated {
  readonly labels: Float64Array;
  readonly predicted: Float64Array;
}

function meanOver(labels: Float64Array, of: (label: number, row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) sum += of(labels[row]!, row);
  return labels.length === 0 ? 0 : sum / labels.length;
}

export function meanSquaredError({ labels, predicted }: Estimated): number {
  return meanOver(labels, (label, row) => (label - predicted[row]!) ** 2);
}

export function meanAbsoluteError({ labels, predicted }: Estimated): number {
  return meanOver(labels, (label, row) => Math.abs(label - predicted[row]!));
}

/** The share of the labels' variance that is explained. */
export function determination(estimated: Estimated): number {
  const average = meanOver(estimated.labels, (label) => label);
  const variance = meanOver(estimated.labels, (label) => (label - average) ** 2);
  return variance === 0 ? 0 : 1 - meanSquaredError(estimated) / variance;
}

/** A share, not a percentage, as SageMaker tells it. Labels of 0 have no relative error and don't count. */
export function meanAbsolutePercentageError({ labels, predicted }: Estimated): number {
  const errors = Array.from(labels, (label, row) => Math.abs((label - predicted[row]!) / label));
  return meanOver(Float64Array.from(errors.filter(Number.isFinite)), (error) => error);
}

/** Beside the error of answering with the label of the row before. */
export function meanAbsoluteScaledError(estimated: Estimated): number {
  const { labels } = estimated;
  const naive = meanOver(labels.subarray(1), (label, row) => Math.abs(label - labels[row]!));
  return naive === 0 ? 0 : meanAbsoluteError(estimated) / naive;
}

export function weightedAbsolutePercentageError(estimated: Estimated): number {
  const size = meanOver(estimated.labels, Math.abs);
  return size === 0 ? 0 : meanAbsoluteError(estimated) / size;
}
