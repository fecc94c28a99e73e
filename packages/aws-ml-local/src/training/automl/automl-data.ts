import type { LabelledRows } from '../boosting/booster.js';
import { type FeatureMatrix, selectRows, selectValues } from '../feature-matrix.js';
import { columnOf, readTable, type Table } from '../tables/table.js';
import { type AutoMlTask, TrainingFailure } from '../training-job.js';
import { type EncodedColumn, encodeRows, fitColumn } from './feature-encoder.js';
import { holdOut } from './hold-out.js';
import { labelsAs, readTarget, type Target } from './target.js';

/** What an AutoML job reads, as its learners want it. */
export interface AutoMlData {
  readonly target: Target;
  /** Of the CSV without the target, in their order. */
  readonly columns: readonly EncodedColumn[];
  readonly training: LabelledRows;
  readonly validation: LabelledRows;
  /** To learn from once it is known what learns best; the training rows alone where there is a validation channel. */
  readonly all: LabelledRows;
}

/** The columns of a table, the target's and the others'. */
interface Layout {
  readonly target: number;
  readonly others: readonly number[];
}

/** Two thirds of this must be left to learn from. */
const FEWEST_ROWS = 3;

export function analyse(task: AutoMlTask): { table: Table; layout: Layout; target: Target } {
  const whole = readTable(task.training, 'training', { header: true });
  const layout = layoutOf(whole, task.target, 'training');
  const table = withTarget(whole, layout);
  if (table.rows.length < FEWEST_ROWS) {
    throw new TrainingFailure(
      `ClientError: Only ${table.rows.length} rows have a value of the target: too few to learn from.`,
    );
  }
  return { table, layout, target: readTarget(columnOf(table, layout.target), task.problemType) };
}

export function prepare(task: AutoMlTask, { table, layout, target }: ReturnType<typeof analyse>): AutoMlData {
  const columns = layout.others.map((index) => fitTaskColumn(task, table, index));
  if (columns.every(({ type }) => type === 'ignored')) {
    throw new TrainingFailure(
      'ClientError: No column tells anything about the target: each has one value, or differs from row to row.',
    );
  }
  const all = { matrix: encode(columns, table, layout), labels: target.labels };
  if (task.validation !== undefined) {
    return { target, columns, training: all, validation: validationRows(task, columns, target), all };
  }
  const classes = target.problem === 'Regression' ? undefined : target.labels;
  const { training, validation } = holdOut(table.rows.length, task.validationFraction ?? 0.2, classes);
  return { target, columns, training: part(all, training), validation: part(all, validation), all };
}

function layoutOf({ names }: Table, target: string, channel: string): Layout {
  const index = names.indexOf(target);
  if (index < 0) throw new TrainingFailure(`ClientError: The ${channel} channel has no column of the target's name.`);
  return { target: index, others: names.flatMap((_, other) => (other === index ? [] : [other])) };
}

function fitTaskColumn(task: AutoMlTask, table: Table, index: number): EncodedColumn {
  const name = table.names[index]!;
  if (task.features !== undefined && !task.features.includes(name)) return { name, type: 'ignored' };
  return fitColumn(name, columnOf(table, index), task.featureTypes?.[name]);
}

/** A row whose target is missing teaches nothing. */
function withTarget({ names, rows }: Table, { target }: Layout): Table {
  return { names, rows: rows.filter((row) => row[target] !== '') };
}

function encode(columns: readonly EncodedColumn[], { rows }: Table, { others }: Layout): FeatureMatrix {
  return encodeRows(
    columns,
    rows.map((row) => others.map((index) => row[index] ?? '')),
  );
}

function validationRows(task: AutoMlTask, columns: readonly EncodedColumn[], target: Target): LabelledRows {
  const whole = readTable(task.validation!, 'validation', { header: true });
  const { names } = whole;
  const others = columns.map(({ name }) => names.indexOf(name));
  const layout = { target: layoutOf(whole, task.target, 'validation').target, others };
  if (others.includes(-1)) {
    throw new TrainingFailure('ClientError: The validation channel lacks a column of the training channel.');
  }
  const table = withTarget(whole, layout);
  const labels = labelsAs(target, columnOf(table, layout.target));
  if (table.rows.length === 0 || labels === undefined) {
    throw new TrainingFailure(
      'ClientError: The validation channel has no value of the target, or one that the training channel lacks.',
    );
  }
  return { matrix: encode(columns, table, layout), labels };
}

function part({ matrix, labels }: LabelledRows, rows: Int32Array): LabelledRows {
  return { matrix: selectRows(matrix, rows), labels: selectValues(labels, rows) };
}
