import { numberIn } from '../tables/table.js';
import { type ProblemType, TrainingFailure } from '../training-job.js';

/** The target's cells, as learners want them. */
export interface Target {
  readonly problem: ProblemType;
  /** In the order of their numbers; empty for regressions. */
  readonly classes: readonly string[];
  /** Numbers of classes, or values. */
  readonly labels: Float64Array;
}

/** Whole numbers with no more values than this, each of them often, are taken for classes. */
const MOST_NUMERIC_CLASSES = 20;

/** @param cells none of them missing */
export function readTarget(cells: readonly string[], given: ProblemType | undefined): Target {
  const values = sortedValues(cells);
  const problem = given ?? guessProblem(cells, values);
  if (problem === 'Regression') return { problem, classes: [], labels: numericLabels(cells) };
  checkClasses(problem, values.length, cells.length);
  return { problem, classes: values, labels: classLabels(cells, values) };
}

/** @returns undefined where a cell is none of the classes, or no number */
export function labelsAs({ problem, classes }: Target, cells: readonly string[]): Float64Array | undefined {
  const labels = problem === 'Regression' ? Float64Array.from(cells, numberIn) : classLabels(cells, classes);
  return labels.some(Number.isNaN) ? undefined : labels;
}

function classLabels(cells: readonly string[], classes: readonly string[]): Float64Array {
  const numbers = new Map(classes.map((name, index) => [name, index]));
  return Float64Array.from(cells, (cell) => numbers.get(cell) ?? Number.NaN);
}

function numericLabels(cells: readonly string[]): Float64Array {
  const labels = Float64Array.from(cells, numberIn);
  if (!labels.some(Number.isNaN)) return labels;
  throw new TrainingFailure(
    'ClientError: The target of a regression must be numeric, and has values that are not. Choose a classification.',
  );
}

/** Distinct values: as numbers where all of them are, else by their code units. */
function sortedValues(cells: readonly string[]): string[] {
  const values = [...new Set(cells)];
  const numeric = values.every((value) => !Number.isNaN(numberIn(value)));
  return numeric ? values.sort((a, b) => numberIn(a) - numberIn(b) || (a < b ? -1 : 1)) : values.sort();
}

function guessProblem(cells: readonly string[], values: readonly string[]): ProblemType {
  if (values.length <= 2) return 'BinaryClassification';
  if (values.some((value) => Number.isNaN(numberIn(value)))) return 'MulticlassClassification';
  const few = values.length <= MOST_NUMERIC_CLASSES && values.length * 10 <= cells.length;
  return few && values.every((value) => Number.isInteger(numberIn(value))) ? 'MulticlassClassification' : 'Regression';
}

function checkClasses(problem: ProblemType, classes: number, rows: number): void {
  if (classes < 2) {
    throw new TrainingFailure(
      'ClientError: The target has one value only. A classification needs at least two classes.',
    );
  }
  if (problem === 'BinaryClassification' && classes > 2) {
    throw new TrainingFailure(
      `ClientError: The target has ${classes} values, and a BinaryClassification has two. Choose MulticlassClassification.`,
    );
  }
  if (classes > rows / 2) {
    throw new TrainingFailure(
      `ClientError: The target has ${classes} values in ${rows} rows: too many for a classification.`,
    );
  }
}
