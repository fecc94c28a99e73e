import type { ProblemType } from 'aws-ml-core/training';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { quoteIdentifier, quoteLiteral } from '../stubs/quote.js';
import { modelInput } from './model-functions.js';
import { isAutopilot, type ModelColumn, type ModelKind, type ModelSpec, type TrainingSpec } from './model-spec.js';

/** Fewer rows teach nothing: Amazon Redshift ML's bound. */
const LEAST_ROWS = 500;
/** invoke_endpoint takes 98 model inputs: functions of PostgreSQL have 100 arguments. */
const MOST_FEATURES = 98;
/** A target with more values than this is no class. */
const MOST_CLASSES = 1000;
/** Whole numbers with more values than this are quantities. */
const MOST_NUMBERED_CLASSES = 20;

const numbers = ['bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric'];
const texts = ['bpchar', 'text', 'varchar'];
const times = ['date', 'time', 'timetz', 'timestamp', 'timestamptz'];

/** A column with its type's OID. */
export interface DescribedColumn extends ModelColumn {
  readonly oid: number;
}

/** The columns of a query, as the server describes them. */
export async function queryColumns(connection: ServerConnection, query: string): Promise<readonly DescribedColumn[]> {
  const { fields } = await connection.describe(query);
  const oids = (fields ?? []).map(({ dataTypeID }) => String(dataTypeID));
  const { rows } = await connection.run(
    `SELECT n.nspname, t.typname FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS o (oid, n)
     JOIN pg_catalog.pg_type t ON t.oid = o.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ORDER BY o.n`,
    { values: [`{${oids.join()}}`] },
  );
  return (fields ?? []).map(({ name, dataTypeID: oid }, i) => ({ name, oid, type: typeName(rows[i] ?? []) }));
}

/** A type with its schema. */
export function typeName([schema, name]: readonly (string | null)[]): string {
  if (schema === 'pg_catalog') return `pg_catalog.${name}`;
  return `${quoteIdentifier(schema ?? '')}.${quoteIdentifier(name ?? '')}`;
}

/** As Amazon Redshift shows it. */
export const bareType = (type: string): string => type.replace(/^pg_catalog\./, '');

export interface ChosenColumns<Column extends ModelColumn> {
  readonly features: readonly Column[];
  readonly target: Column | undefined;
}

/** Features and target, if a model of the kind can be taught by them. */
export function chooseColumns<Column extends ModelColumn>(
  columns: readonly Column[],
  target: string | undefined,
  kind: ModelKind,
): ChosenColumns<Column> {
  const twice = columns.find(({ name }, i) => columns.findIndex((column) => column.name === name) < i);
  if (twice !== undefined) {
    throw databaseError('42701', `column "${twice.name}" of the training data is there more than once`, {
      hint: 'Give the columns of the query names of their own, with AS: they become the arguments of the function.',
    });
  }
  const chosen = target === undefined ? undefined : targetAmong(columns, target);
  const features = columns.filter((column) => column !== chosen);
  if (features.length === 0) {
    throw databaseError('22023', 'the training data have no column to predict from', {
      hint: 'A model needs two columns at least: TARGET, and one more.',
    });
  }
  if (features.length > MOST_FEATURES) {
    throw databaseError('54023', `the training data have ${features.length} columns to predict from`, {
      hint: `A function of PostgreSQL passes ${MOST_FEATURES} of them at most: choose them in the query.`,
    });
  }
  for (const column of features) checkFeature(column, kind);
  if (chosen !== undefined) checkTarget(chosen);
  return { features, target: chosen };
}

/** Quoted or not, in any case: Amazon Redshift's names are in lower case. */
function targetAmong<Column extends ModelColumn>(columns: readonly Column[], target: string): Column {
  const found =
    columns.find(({ name }) => name === target) ??
    columns.find(({ name }) => name.toLowerCase() === target.toLowerCase());
  if (found !== undefined) return found;
  throw databaseError('42703', `column "${target}" does not exist among the training data`, {
    hint: `TARGET is one of ${columns.map(({ name }) => `"${name}"`).join(', ')}.`,
  });
}

function checkFeature({ name, type }: ModelColumn, kind: ModelKind): void {
  const allowed = kind === 'auto' || kind === 'mlp' ? [...numbers, ...texts, ...times] : numbers;
  if (allowed.includes(bareType(type))) return;
  const hint =
    allowed === numbers
      ? 'With AUTO OFF a model takes numbers and booleans: leave the column out, or use AUTO ON.'
      : 'A model takes numbers, booleans, texts, dates and times: cast the column in the query, or leave it out.';
  throw databaseError('42804', `column "${name}" of the training data is of type ${bareType(type)}`, { hint });
}

function checkTarget({ name, type }: ModelColumn): void {
  if ([...numbers, ...texts].includes(bareType(type))) return;
  throw databaseError('42804', `TARGET "${name}" is of type ${bareType(type)}`, {
    hint: 'A model predicts numbers, booleans and texts: cast the column in the query.',
  });
}

export interface DataCounts {
  /** With a target, where there is one. */
  readonly rows: number;
  /** Distinct values of the target, in order; undefined where they are more than classes may be. */
  readonly classes: readonly string[] | undefined;
}

/** Reads the data once, and counts. */
export async function countData(
  connection: ServerConnection,
  query: string,
  target: ModelColumn | undefined,
): Promise<DataCounts> {
  if (target === undefined) {
    const { rows } = await connection.run(`SELECT pg_catalog.count(*) FROM (${query}\n) AS data`);
    return { rows: Number(rows[0]?.[0] ?? 0), classes: undefined };
  }
  const column = `data.${quoteIdentifier(target.name)}`;
  const { rows } = await connection.run(
    `WITH value AS (SELECT ${column} AS v, pg_catalog.count(*) AS n FROM (${query}\n) AS data WHERE ${column} IS NOT NULL GROUP BY 1)
     SELECT (SELECT pg_catalog.sum(n) FROM value)::pg_catalog.int8, (SELECT pg_catalog.count(*) FROM value),
       CASE WHEN (SELECT pg_catalog.count(*) FROM value) <= ${MOST_CLASSES} THEN
         (SELECT pg_catalog.jsonb_agg(pg_catalog.format('%s', v) ORDER BY v) FROM value) END`,
  );
  const [count, , values] = rows[0] ?? [];
  return { rows: Number(count ?? 0), classes: values == null ? undefined : (JSON.parse(values) as string[]) };
}

export function checkRows({ rows }: DataCounts, target: ModelColumn | undefined): void {
  if (rows >= LEAST_ROWS) return;
  const which = target === undefined ? '' : ` with a value of TARGET "${target.name}"`;
  throw databaseError('22023', `the training data have ${rows} rows${which}`, {
    hint: `A model is trained on ${LEAST_ROWS} rows at least.`,
  });
}

const problemsOfObjectives: Readonly<Record<string, ProblemType | 'classes'>> = {
  MSE: 'Regression',
  F1: 'BinaryClassification',
  AUC: 'BinaryClassification',
  F1macro: 'MulticlassClassification',
  Accuracy: 'classes',
  'binary:logistic': 'BinaryClassification',
  'binary:hinge': 'BinaryClassification',
  'multi:softmax': 'MulticlassClassification',
};

/** What is to be predicted: as the statement says, else as objective, type and values of the target say. */
export function problemOf(
  target: ModelColumn,
  { classes }: DataCounts,
  { problemType, objective }: { readonly problemType: ProblemType | undefined; readonly objective: string | undefined },
): ProblemType {
  const implied = objective === undefined ? undefined : (problemsOfObjectives[objective] ?? 'Regression');
  const problem =
    problemType ?? (implied === 'classes' ? undefined : implied) ?? problemOfValues(target, classes, implied);
  checkClasses(target, classes, problem);
  return problem;
}

function problemOfValues(
  { type }: ModelColumn,
  classes: readonly string[] | undefined,
  implied: 'classes' | undefined | ProblemType,
): ProblemType {
  const count = classes?.length ?? Number.POSITIVE_INFINITY;
  const bare = bareType(type);
  const named = texts.includes(bare) || bare === 'bool' || implied === 'classes';
  const few = bare.startsWith('int') && count <= MOST_NUMBERED_CLASSES;
  if (!named && !few) return 'Regression';
  return count <= 2 ? 'BinaryClassification' : 'MulticlassClassification';
}

function checkClasses({ name, type }: ModelColumn, classes: readonly string[] | undefined, problem: ProblemType): void {
  if (problem === 'Regression') {
    if (numbers.includes(bareType(type)) && bareType(type) !== 'bool') return;
    throw databaseError('42804', `TARGET "${name}" is of type ${bareType(type)}, and a regression predicts numbers`, {
      hint: 'Use PROBLEM_TYPE BINARY_CLASSIFICATION or MULTICLASS_CLASSIFICATION, or another TARGET.',
    });
  }
  const count = classes?.length ?? MOST_CLASSES + 1;
  const least = problem === 'BinaryClassification' ? 2 : 3;
  if (count < 2 || count < least) {
    throw databaseError('22023', `TARGET "${name}" has ${count === 1 ? 'one value' : `${count} values`}`, {
      hint: count < 2 ? 'There is nothing to tell apart.' : 'Use PROBLEM_TYPE BINARY_CLASSIFICATION.',
    });
  }
  if (problem === 'BinaryClassification' && count > 2) {
    throw databaseError('22023', `TARGET "${name}" has more than two values`, {
      hint: 'Use PROBLEM_TYPE MULTICLASS_CLASSIFICATION.',
    });
  }
  if (count > MOST_CLASSES) {
    throw databaseError('22023', `TARGET "${name}" has more than ${MOST_CLASSES} values`, {
      hint: 'A number may be predicted as one: PROBLEM_TYPE REGRESSION.',
    });
  }
}

/** The query whose rows are sent: all columns for Autopilot; the label as a number first for the others. */
export function exportQuery(spec: ModelSpec, { query, target, labels, maxCells, rows }: TrainingSpec): string {
  const column = ({ name }: ModelColumn) => `data.${quoteIdentifier(name)}`;
  const features = spec.features.map((feature) => {
    const numbersOnly = !isAutopilot(spec);
    return `${modelInput(column(feature), feature.type, numbersOnly)} AS ${quoteIdentifier(feature.name)}`;
  });
  const sent =
    target === undefined ? [] : [`${labelOf(column(target), target, labels)} AS ${quoteIdentifier(target.name)}`];
  const list = isAutopilot(spec) ? [...features, ...sent] : [...sent, ...features];
  const known = target === undefined ? '' : ` WHERE ${column(target)} IS NOT NULL`;
  const most = Math.max(1, Math.floor(maxCells / list.length));
  const sample = rows > most ? ` ORDER BY pg_catalog.random() LIMIT ${most}` : '';
  return `SELECT ${list.join(', ')} FROM (${query}\n) AS data${known}${sample}`;
}

function labelOf(column: string, { type }: ModelColumn, labels: readonly string[] | undefined): string {
  if (labels === undefined) return column;
  const list = labels.map(quoteLiteral).join(', ');
  return `pg_catalog.int4mi(pg_catalog.array_position(ARRAY[${list}]::${type}[], ${column}), 1)`;
}
