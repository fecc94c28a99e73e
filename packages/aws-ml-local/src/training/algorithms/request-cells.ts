import type { FeatureMatrix } from '../feature-matrix.js';
import { checkWidth } from '../tables/check-width.js';
import { numberIn } from '../tables/table.js';
import { PredictionFailure } from '../training-job.js';
import { numericMatrix } from './numeric-data.js';

/** A request's cells as numbers. @throws PredictionFailure where one is none */
export function matrixOfCells(
  rows: readonly (readonly string[])[],
  features: number,
  { missingAllowed }: { readonly missingAllowed: boolean },
): FeatureMatrix {
  checkWidth(rows, features);
  const columns = Array.from({ length: features }, (_, column) =>
    Float64Array.from(rows, (row) => cellNumber(row[column]!, missingAllowed, column)),
  );
  return numericMatrix(columns, rows.length);
}

function cellNumber(cell: string, missingAllowed: boolean, column: number): number {
  const value = numberIn(cell);
  if (!Number.isNaN(value) || (missingAllowed && cell === '')) return value;
  const found = cell === '' ? 'is missing' : 'is not numeric';
  throw new PredictionFailure(`A value in column ${column + 1} of the request ${found}.`);
}
