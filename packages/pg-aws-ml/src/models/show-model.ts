import type { ShowModel } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import type { FieldDescription, ServerConnection } from '../server/server-connection.js';
import { internalSchema } from '../stubs/names.js';
import type { ModelState } from '../stubs/sql/models.js';
import type { ModelContext } from './model-context.js';
import { awsName, isAutopilot, isTrained, type Model, type ModelSpec } from './model-spec.js';
import { byName, factColumns, factsOf, findModel, readModel, unfinishedModels } from './model-table.js';
import { bareType } from './training-data.js';
import { priceCeiling } from './training-price.js';

type KeyValue = readonly [key: string, value: string];

/** SHOW MODEL: takes the steps that can be taken, and tells how far the model is. */
export async function showModel(context: ModelContext, { name }: ShowModel): Promise<void> {
  const { connection } = context;
  const owned = await findModel(connection, name.schema, name.name);
  let rows: readonly KeyValue[];
  if (owned === undefined) rows = rowsOf(await findShown(connection, name.schema, name.name));
  else {
    const now = isFinal(owned) ? owned : await lookAgain(context, owned);
    rows = rowsOf(now);
    if (!isFinal(now)) context.watch();
  }
  await answer(context, ['Key', 'Value'], rows);
}

const isFinal = ({ state }: Model): boolean => state === 'ready' || state === 'failed';

async function lookAgain({ connection, inBlock, advance }: ModelContext, model: Model): Promise<Model> {
  if (!inBlock) await connection.sync();
  // Somebody else may be at it, and AWS out of reach: what is written down can be shown.
  await advance(model.id).catch(() => {});
  return (await readModel(connection, model.id)) ?? model;
}

export async function showAllModels(context: ModelContext): Promise<void> {
  const { connection } = context;
  const left = await unfinishedModels(connection);
  if (left.length > 0) {
    if (!context.inBlock) await connection.sync();
    await context.advance().catch(() => {});
  }
  const { rows } = await connection.run(
    `SELECT schema_name, model_name FROM ${internalSchema}.model_shown ORDER BY schema_name, model_name`,
  );
  await answer(
    context,
    ['Schema Name', 'Model Name'],
    rows.map(([schema, name]): KeyValue => [schema ?? '', name ?? '']),
  );
}

async function answer(
  { connection, inBlock, sink }: ModelContext,
  names: KeyValue,
  rows: readonly KeyValue[],
): Promise<void> {
  if (!inBlock) await connection.sync();
  await sink.rowDescription(names.map(textField));
  if (rows.length > 0) await sink.rows(rows);
  sink.commandComplete('SHOW');
}

export const textField = (name: string): FieldDescription => ({
  name,
  tableID: 0,
  columnID: 0,
  dataTypeID: 25,
  dataTypeSize: -1,
  dataTypeModifier: -1,
  format: 'text',
});

/** What somebody sees who may use a model and doesn't own it: no role, bucket or query. */
interface ShownModel extends Omit<Model, 'spec' | 'installation' | 'changedAt'> {
  readonly installation: string | undefined;
  readonly spec: ModelSpec;
}

async function findShown(connection: ServerConnection, schema: string | undefined, name: string): Promise<ShownModel> {
  const { rows } = await connection.run(`SELECT ${factColumns} FROM ${internalSchema}.model_shown m WHERE ${byName}`, {
    values: [schema ?? null, name],
  });
  const [row] = rows;
  if (row === undefined) {
    throw databaseError('42704', `model "${name}" does not exist`, {
      hint: 'SHOW MODEL ALL lists those that you may use.',
    });
  }
  return { ...factsOf(row), installation: undefined };
}

const states: Readonly<Record<ModelState, string>> = {
  exporting: 'TRAINING',
  exported: 'TRAINING',
  training: 'TRAINING',
  deploying: 'TRAINING',
  ready: 'READY',
  failed: 'FAILED',
  dropping: 'DROPPING',
};

function rowsOf(model: ShownModel): KeyValue[] {
  const { spec } = model;
  const owned = model.installation !== undefined;
  return [
    ['Model Name', model.name],
    ['Schema Name', model.schema],
    ['Owner', model.owner],
    ['Creation Time', timeText(model.createdAt)],
    ['Model State', states[model.state]],
    ...(model.error === undefined ? [] : [['Error', model.error] as const]),
    ...progressRows(model),
    ...(isTrained(spec) ? trainingRows(model, owned) : remoteRows(spec, owned)),
  ];
}

function progressRows({ state, stage, progress, createdAt, spec }: ShownModel): KeyValue[] {
  const rows: KeyValue[] = [];
  const isUnderWay = !['ready', 'failed'].includes(state);
  if (isUnderWay) rows.push(['Stage', stageText(state, stage)]);
  if (isUnderWay && progress.waiting !== undefined) rows.push(['Waiting', progress.waiting.reason]);
  if (isUnderWay && progress.candidates !== undefined) rows.push(['Candidates', String(progress.candidates)]);
  const prefix = isAutopilot(spec) ? 'validation:' : '';
  for (const { name, value } of progress.metrics ?? []) {
    rows.push([name.includes(':') ? name : `${prefix}${metricName(name)}`, String(Number(value.toPrecision(6)))]);
  }
  if (isUnderWay) {
    rows.push(['Elapsed', durationText((Date.now() - createdAt.getTime()) / 1000)]);
    const limit = spec.training?.maxRuntimeSeconds;
    if (limit !== undefined) rows.push(['Time Limit', durationText(limit)]);
  }
  return rows;
}

export function stageText(state: ModelState, stage: string): string {
  switch (state) {
    case 'exporting':
      return 'Exporting';
    case 'exported':
      return 'Exported';
    case 'deploying':
      return 'Deploying';
    default:
      return stage;
  }
}

/** As Amazon Redshift writes them. */
const metricName = (name: string): string => (['MSE', 'Accuracy'].includes(name) ? name.toLowerCase() : name);

function trainingRows(model: ShownModel, owned: boolean): KeyValue[] {
  const { spec } = model;
  const { training } = spec;
  if (training === undefined) return [];
  const cost = owned ? [['Estimated Cost', priceCeiling(spec, model.progress.billedSeconds).text] as const] : [];
  return [
    ...cost,
    ['', ''],
    ['TRAINING DATA:', ''],
    ...(owned ? sourceRows(training) : []),
    ...(training.target === undefined ? [] : [['Target Column', training.target.name.toUpperCase()] as const]),
    ['', ''],
    ['PARAMETERS:', ''],
    ['Model Type', spec.kind],
    ['Problem Type', training.problemType ?? ''],
    ['Objective', training.objective ?? ''],
    ...(owned ? [[isAutopilot(spec) ? 'AutoML Job Name' : 'Training Job Name', jobName(model)] as const] : []),
    ...functionRows(spec),
    ...(owned
      ? ([
          ['IAM Role', spec.roleArn],
          ['S3 Bucket', training.bucket],
          ...(training.kmsKeyId === undefined ? [] : [['KMS Key', training.kmsKeyId] as const]),
          ['Endpoint', jobName(model)],
          ['Capacity', capacityText(training.capacity)],
        ] as const)
      : []),
    ['Max Runtime', String(training.maxRuntimeSeconds)],
    ['', ''],
    ['HYPERPARAMETERS:', ''],
    ...Object.entries(training.hyperparameters).map(([key, value]): KeyValue => [key, value]),
  ];
}

const jobName = ({ installation = '', id }: ShownModel): string => awsName({ installation, id });

function capacityText(capacity: NonNullable<ModelSpec['training']>['capacity']): string {
  if (capacity.kind === 'instances') return `${capacity.instanceCount} × ${capacity.instanceType}`;
  return `serverless, ${capacity.memorySizeInMb} MB, ${capacity.maxConcurrency} at once`;
}

function sourceRows({ source }: NonNullable<ModelSpec['training']>): KeyValue[] {
  if (source.kind === 'table') return [['Table', source.text.toUpperCase()]];
  return source.text.split('\n').map((line, i): KeyValue => [i === 0 ? 'Query' : '', line.trim()]);
}

function remoteRows(spec: ModelSpec, owned: boolean): KeyValue[] {
  return [
    ['', ''],
    ['PARAMETERS:', ''],
    ...(spec.endpoint === undefined ? [] : [['Endpoint', spec.endpoint] as const]),
    ...(spec.bedrockModel === undefined ? [] : [['Model ID', spec.bedrockModel] as const]),
    ['Function Name', spec.functionName],
    ['Inference Type', 'Remote'],
    ['Function Parameter Types', typesText(spec)],
    ...(owned ? [['IAM Role', spec.roleArn] as const] : []),
  ];
}

const functionRows = (spec: ModelSpec): KeyValue[] => [
  ['Function Name', spec.functionName],
  ['Function Parameters', spec.features.map(({ name }) => name).join(' ')],
  ['Function Parameter Types', typesText(spec)],
];

const typesText = ({ features }: ModelSpec): string => features.map(({ type }) => bareType(type)).join(' ');

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = (n: number): string => String(n).padStart(2, '0');

/** `Tue, 14.06.2022 17:15:52`, in UTC. */
const timeText = (at: Date): string =>
  `${days[at.getUTCDay()]}, ${two(at.getUTCDate())}.${two(at.getUTCMonth() + 1)}.${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;

export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? `${Math.floor(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`;
}
