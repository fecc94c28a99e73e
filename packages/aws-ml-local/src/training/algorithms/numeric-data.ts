import type { LabelledRows } from '../boosting/booster.js';
import type { FeatureMatrix } from '../feature-matrix.js';
import { numberIn, readTable } from '../tables/table.js';
import { TrainingFailure } from '../training-job.js';

export interface NumericFormat {
  /** Columns before the features: the label, and maybe the weight. */
  readonly leading: number;
  readonly missingAllowed: boolean;
}

/** All cells as numbers, by column; a missing one is NaN. */
export function readNumbers(
  csv: Uint8Array,
  channel: string,
  { leading, missingAllowed }: NumericFormat,
): Float64Array[] {
  const { rows } = readTable(csv, channel, { header: false });
  const width = rows[0]!.length;
  if (width <= leading) throw new TrainingFailure(`ClientError: The ${channel} channel has no feature columns.`);
  return Array.from({ length: width }, (_, column) => {
    const missing = missingAllowed && column >= leading;
    return Float64Array.from(rows, (cells, row) => cellNumber(cells[column]!, missing, channel, row, column));
  });
}

function cellNumber(cell: string, missingAllowed: boolean, channel: string, row: number, column: number): number {
  const value = numberIn(cell);
  if (!Number.isNaN(value) || (missingAllowed && cell === '')) return value;
  const found = cell === '' ? 'Missing value' : 'Non-numeric value';
  throw new TrainingFailure(
    `ClientError: ${found} found in row ${row + 1}, column ${column + 1} of the ${channel} channel. This algorithm takes CSV of numbers, without a header line.`,
  );
}

/** Label first, then maybe the weight, then the features. */
export function labelledRows(columns: readonly Float64Array[], weighted = false): LabelledRows {
  const [labels, ...others] = columns;
  const matrix = numericMatrix(weighted ? others.slice(1) : others, labels!.length);
  return { matrix, labels: labels!, weights: weighted ? others[0] : undefined };
}

export function numericMatrix(columns: readonly Float64Array[], rows: number): FeatureMatrix {
  return { rows, columns, categories: columns.map(() => 0) };
}

/** @throws where the validation rows have other columns than the training rows */
export function sameWidth(training: LabelledRows, validation: LabelledRows): void {
  const [expected, found] = [training.matrix.columns.length, validation.matrix.columns.length];
  if (expected === found) return;
  throw new TrainingFailure(
    `ClientError: The validation channel has ${found} feature columns, and the train channel ${expected}.`,
  );
}
