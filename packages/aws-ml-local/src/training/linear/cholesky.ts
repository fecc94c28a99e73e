/** A symmetric positive definite matrix, row after row. Of what lies above the diagonal nothing is read. */
export interface SquareMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** The lower triangle L with L·Lᵀ = matrix, in its place. @returns undefined where the matrix is not positive definite */
export function cholesky(matrix: SquareMatrix): SquareMatrix | undefined {
  const { size, values } = matrix;
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let sum = values[row * size + column]!;
      for (let k = 0; k < column; k += 1) sum -= values[row * size + k]! * values[column * size + k]!;
      if (row > column) values[row * size + column] = sum / values[column * size + column]!;
      else if (sum > 0) values[row * size + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return matrix;
}

/** x with L·Lᵀ·x = right. */
export function solve({ size, values }: SquareMatrix, right: Float64Array): Float64Array {
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) solution[row]! -= values[row * size + k]! * solution[k]!;
    solution[row]! /= values[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1) solution[row]! -= values[k * size + row]! * solution[k]!;
    solution[row]! /= values[row * size + row]!;
  }
  return solution;
}
