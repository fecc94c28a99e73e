import type { ProblemType } from 'aws-ml-core/training';
import { parseStatements, type TrainModel } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { quoteIdentifier } from '../stubs/quote.js';
import { capacityOf, type ModelContext, roleOf, trainingInstance } from './model-context.js';
import type { ModelKind, ModelSpec } from './model-spec.js';
import {
  checkRows,
  chooseColumns,
  countData,
  type DataCounts,
  type DescribedColumn,
  problemOf,
  queryColumns,
} from './training-data.js';

export interface DescribedTraining {
  readonly spec: ModelSpec;
  /** Type OIDs of what the endpoint is asked with, in order. */
  readonly inputTypes: readonly number[];
}

const BOOL = 16;
const INT4 = 23;

/** What a CREATE MODEL asks for, checked against the data: nothing is sent to AWS. */
export async function describeTraining(
  { connection, options }: Pick<ModelContext, 'connection' | 'options'>,
  statement: TrainModel,
): Promise<DescribedTraining> {
  const kind: ModelKind = statement.auto ? 'auto' : (statement.modelType ?? 'xgboost');
  refuseUnsupported(statement, kind);
  const roleArn = roleOf(statement.iamRole, options);
  const query = queryOf(statement);
  const columns = await queryColumns(connection, query);
  const { features, target } = chooseColumns(columns, statement.target?.name, kind);
  const counts = await countData(connection, query, target);
  checkRows(counts, target);
  const problem = target === undefined ? undefined : problemFor(statement, target, counts);
  const { settings } = statement;
  const isAutopilot = kind === 'auto' || kind === 'mlp';
  if (isAutopilot && counts.classes?.includes('') === true) {
    throw databaseError('22023', `TARGET "${target?.name}" has empty texts`, {
      hint: 'Autopilot takes them for missing: leave these rows out, or give the class a name.',
    });
  }
  const objective = objectiveFor(statement, kind, problem);
  const labels = isAutopilot || problem === undefined || problem === 'Regression' ? undefined : counts.classes;
  const strip = ({ name, type }: DescribedColumn) => ({ name, type });
  const spec: ModelSpec = {
    kind,
    functionName: statement.function.name,
    features: features.map(strip),
    roleArn,
    training: {
      source: sourceOf(statement),
      query,
      search: await searchPath(connection),
      target: target && strip(target),
      problemType: problem,
      objective,
      labels,
      hyperparameters: hyperparameters(statement, kind, { problem, objective, counts, features: features.length }),
      algorithms: algorithmsOf(statement, kind),
      bucket: settings.bucket,
      kmsKeyId: settings.kmsKeyId,
      tags: settings.tags,
      garbageCollect: settings.garbageCollect,
      maxCells: settings.maxCells,
      maxRuntimeSeconds: settings.maxRuntime,
      instanceType: trainingInstance(options),
      capacity: capacityOf(options),
      rows: counts.rows,
    },
  };
  return { spec, inputTypes: features.map(({ oid }) => (!isAutopilot && oid === BOOL ? INT4 : oid)) };
}

function refuseUnsupported({ hyperparameters: given, preprocessors, auto }: TrainModel, kind: ModelKind): void {
  if (kind === 'mlp' && given.size > 0) {
    throw databaseError('0A000', 'the hyperparameters of an MLP are chosen by Amazon SageMaker Autopilot', {
      hint: 'Write HYPERPARAMETERS DEFAULT, or leave it out.',
    });
  }
  const changes = preprocessors?.some(({ transformers }) => transformers.some((name) => name !== 'NumericPassthrough'));
  if (!auto && changes === true) {
    throw databaseError('0A000', 'PREPROCESSORS are not supported with AUTO OFF', {
      hint: 'Compute in the query what the model is to see: the function takes the same columns.',
    });
  }
}

const sourceOf = ({ source }: TrainModel) =>
  source.kind === 'table'
    ? {
        kind: 'table' as const,
        text: [source.table.schema, source.table.name].filter((name) => name !== undefined).join('.'),
      }
    : { kind: 'query' as const, text: source.text.trim() };

/** The rows of a table, or those of the query: one that only reads. */
function queryOf({ source }: TrainModel): string {
  if (source.kind === 'table') {
    const { schema, name } = source.table;
    return `SELECT * FROM ${schema === undefined ? '' : `${quoteIdentifier(schema)}.`}${quoteIdentifier(name)}`;
  }
  const statements = parseStatements(source.text);
  const [only] = statements;
  if (only === undefined || statements.length > 1 || !('SelectStmt' in only.node)) {
    throw databaseError('42601', 'FROM needs one query that reads rows', { hint: 'Write FROM (SELECT …).' });
  }
  return source.text.replace(/;\s*$/, '');
}

async function searchPath(connection: ServerConnection): Promise<string> {
  const { rows } = await connection.run("SELECT pg_catalog.current_setting('search_path')");
  const path = rows[0]?.[0] ?? '';
  return path.trim() === '' ? "''" : path;
}

const problems: Readonly<Record<NonNullable<TrainModel['problemType']>, ProblemType>> = {
  regression: 'Regression',
  binary_classification: 'BinaryClassification',
  multiclass_classification: 'MulticlassClassification',
};

function problemFor(statement: TrainModel, target: DescribedColumn, counts: DataCounts): ProblemType {
  const { problemType, objective } = statement;
  const written = problemType === undefined ? undefined : problems[problemType];
  return problemOf(target, counts, { problemType: written, objective });
}

const byProblem: Readonly<Record<ProblemType, { readonly metric: string; readonly xgboost: string }>> = {
  Regression: { metric: 'MSE', xgboost: 'reg:squarederror' },
  BinaryClassification: { metric: 'F1', xgboost: 'binary:logistic' },
  MulticlassClassification: { metric: 'Accuracy', xgboost: 'multi:softmax' },
};

function objectiveFor(
  { objective }: TrainModel,
  kind: ModelKind,
  problem: ProblemType | undefined,
): string | undefined {
  if (objective !== undefined || problem === undefined) return objective;
  if (kind === 'linear_learner') return undefined;
  return byProblem[problem][kind === 'xgboost' ? 'xgboost' : 'metric'];
}

interface Learning {
  readonly problem: ProblemType | undefined;
  readonly objective: string | undefined;
  readonly counts: DataCounts;
  readonly features: number;
}

const predictors: Readonly<Record<ProblemType, string>> = {
  Regression: 'regressor',
  BinaryClassification: 'binary_classifier',
  MulticlassClassification: 'multiclass_classifier',
};

/** What the statement says, and what follows from the data. */
function hyperparameters(
  { hyperparameters: given }: TrainModel,
  kind: ModelKind,
  { problem, objective, counts, features }: Learning,
): Record<string, string> {
  const written = Object.fromEntries(given);
  const classes = counts.classes?.length ?? 0;
  switch (kind) {
    case 'xgboost':
      return {
        num_round: '100',
        ...(objective !== undefined && { objective }),
        ...(objective === 'multi:softmax' && { num_class: String(classes) }),
        ...written,
        ...(objective === 'multi:softmax' && checkedClasses(written.num_class, classes)),
      };
    case 'linear_learner':
      return {
        feature_dim: String(features),
        ...(problem !== undefined && { predictor_type: predictors[problem] }),
        ...(problem === 'MulticlassClassification' && { num_classes: String(classes) }),
        ...written,
      };
    case 'kmeans':
      return { feature_dim: String(features), ...written };
    default:
      return written;
  }
}

function checkedClasses(written: string | undefined, classes: number): object {
  if (written === undefined || Number(written) >= classes) return {};
  throw databaseError('22023', `num_class is ${written}, and TARGET has ${classes} values`, {
    hint: `Write num_class '${classes}'.`,
  });
}

/** Of Autopilot's algorithms in ensembles. */
const autopilotAlgorithms: Readonly<Record<string, readonly string[]>> = {
  xgboost: ['xgboost'],
  linear_learner: ['linear-learner'],
  mlp: ['nn-torch'],
};

function algorithmsOf({ modelType }: TrainModel, kind: ModelKind): readonly string[] | undefined {
  if (kind !== 'auto' && kind !== 'mlp') return undefined;
  return modelType === undefined ? undefined : autopilotAlgorithms[modelType];
}
