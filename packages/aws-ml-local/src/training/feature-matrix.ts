/** What learners read: numbers by column. A missing value is NaN. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
  /** By column: 0 where it is numeric, else the number of categories; its values are then codes below it. */
  readonly categories: readonly number[];
}

/** Some of the rows, in the order in which they are named. */
export function selectRows(matrix: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const columns = matrix.columns.map((column) => selectValues(column, rows));
  return { rows: rows.length, columns, categories: matrix.categories };
}

export function selectValues(values: Float64Array, rows: Int32Array): Float64Array {
  const selected = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) selected[i] = values[rows[i]!]!;
  return selected;
}

/** Indices 0 … count − 1. */
export function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}
