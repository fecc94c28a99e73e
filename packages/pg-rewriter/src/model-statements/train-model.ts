import { syntaxError } from '../tokens/syntax-error.js';
import { roleHint } from './clauses.js';
import type { WrittenModel } from './create-model.js';
import { checkHyperparameters } from './hyperparameters.js';
import { objectiveOf } from './objectives.js';
import { checkTransformers, kmeansTransformers } from './preprocessors.js';
import {
  bucketSetting,
  oneOfSetting,
  tagsSetting,
  textSetting,
  type WrittenSettings,
  wholeNumberSetting,
} from './settings.js';
import type { ModelType, ProblemType, TrainingSettings, TrainModel } from './statement.js';

const MOST = 2 ** 31 - 1;
const TYPES = 'MODEL_TYPE XGBOOST, LINEAR_LEARNER, MLP or KMEANS';

/** A model that is trained, if its clauses go together. */
export function trainModel(written: WrittenModel): TrainModel {
  const { clauses, source, target, modelType, auto = true } = written;
  clauses.require(
    'from',
    'CREATE MODEL',
    "Name a table, or a query in parentheses; or an endpoint: SAGEMAKER '<name>'.",
  );
  clauses.require('function', 'CREATE MODEL', 'Name the function that predicts: FUNCTION <name>.');
  refuseSignature(written);
  clauses.require('iam_role', 'CREATE MODEL', roleHint);
  checkType(written, auto);
  clauses.require('settings', 'CREATE MODEL', "Write SETTINGS (S3_BUCKET '<name of a bucket>').");
  if (source === undefined || source.kind === 'artefact') throw new Error('a source of rows expected');
  return {
    kind: 'train model',
    name: written.name,
    source,
    target,
    function: written.function!,
    iamRole: written.iamRole,
    auto,
    modelType,
    problemType: written.problemType,
    objective: objective(written, auto),
    preprocessors: written.preprocessors?.steps,
    hyperparameters: hyperparameters(written, auto),
    settings: trainingSettings(written.settings!),
  };
}

/** The function's arguments are the columns. */
function refuseSignature({ clauses, argumentTypes, reader }: WrittenModel): void {
  const hint = 'Types are given only for a model that is brought along, by an endpoint or an artefact.';
  if (argumentTypes !== undefined) {
    const at = argumentTypes[0]?.position ?? reader.peek().position;
    throw syntaxError('the arguments of FUNCTION are the columns, without TARGET', at, hint);
  }
  clauses.refuse('returns', "the result's type is that of TARGET", hint);
}

function checkType({ clauses, modelType, problemType, preprocessors }: WrittenModel, auto: boolean): void {
  if (modelType === 'kmeans') {
    const hint = 'It finds groups of rows: there is nothing to predict.';
    clauses.refuse('target', 'MODEL_TYPE KMEANS has no TARGET', hint);
    clauses.refuse('problem_type', 'MODEL_TYPE KMEANS has no PROBLEM_TYPE', hint);
    clauses.refuse('objective', 'MODEL_TYPE KMEANS has no OBJECTIVE', hint);
    if (auto) throw syntaxError('MODEL_TYPE KMEANS needs AUTO OFF', clauses.positionOf('model_type'), 'Add AUTO OFF.');
    if (preprocessors !== undefined) checkTransformers(preprocessors, kmeansTransformers);
    return;
  }
  clauses.require('target', 'CREATE MODEL', 'Name the column to predict: TARGET <column>.');
  if (auto) return;
  if (modelType === undefined) {
    throw syntaxError('AUTO OFF needs MODEL_TYPE', clauses.positionOf('auto'), `Add ${TYPES}.`);
  }
  if (modelType === 'xgboost' && problemType !== undefined && !clauses.has('objective')) {
    throw syntaxError(
      'MODEL_TYPE XGBOOST with AUTO OFF needs OBJECTIVE, not PROBLEM_TYPE alone',
      clauses.positionOf('problem_type'),
      `Add OBJECTIVE '${XGBOOST_OBJECTIVE[problemType]}'.`,
    );
  }
  if (preprocessors?.steps !== undefined) {
    throw syntaxError(
      `MODEL_TYPE ${modelType.toUpperCase()} with AUTO OFF takes its columns as they are`,
      preprocessors.position,
      "Write PREPROCESSORS 'none', or AUTO ON.",
    );
  }
}

const XGBOOST_OBJECTIVE: Readonly<Record<ProblemType, string>> = {
  regression: 'reg:squarederror',
  binary_classification: 'binary:logistic',
  multiclass_classification: 'multi:softmax',
};

function objective({ objective: written, problemType, modelType }: WrittenModel, auto: boolean): string | undefined {
  return written === undefined ? undefined : objectiveOf(written, !auto && modelType === 'xgboost', problemType);
}

function hyperparameters(written: WrittenModel, auto: boolean): Map<string, string> {
  const { clauses, hyperparameters: given = [], modelType } = written;
  if (auto) {
    if (given.length === 0) return new Map();
    throw syntaxError(
      'with AUTO ON the service chooses the hyperparameters',
      given[0]!.namePosition,
      `Add AUTO OFF and ${TYPES}, or write HYPERPARAMETERS DEFAULT.`,
    );
  }
  const type = modelType as ModelType;
  const values = checkHyperparameters(type, given);
  const at = clauses.positionOf(clauses.has('hyperparameters') ? 'hyperparameters' : 'model_type');
  if (type === 'kmeans' && !values.has('k')) {
    throw syntaxError(
      'MODEL_TYPE KMEANS needs the number of groups',
      at,
      "Write HYPERPARAMETERS DEFAULT EXCEPT (K '5').",
    );
  }
  if (type === 'xgboost') checkClasses(written, values, at);
  return values;
}

/** XGBoost has to be told how many classes there are; for other problems the number makes no sense. */
function checkClasses({ objective: written }: WrittenModel, values: ReadonlyMap<string, string>, at: number): void {
  const severalClasses = written?.value.trim().toLowerCase() === 'multi:softmax';
  if (severalClasses === values.has('num_class')) return;
  if (severalClasses) {
    const hint = "Write HYPERPARAMETERS DEFAULT EXCEPT (num_class '<how many>').";
    throw syntaxError("OBJECTIVE 'multi:softmax' needs the hyperparameter num_class", at, hint);
  }
  throw syntaxError("num_class is a hyperparameter of OBJECTIVE 'multi:softmax'", at, 'Leave it out.');
}

function trainingSettings(settings: WrittenSettings): TrainingSettings {
  const remote = settings.strings.get('max_batch_rows');
  if (remote !== undefined) {
    throw syntaxError('MAX_BATCH_ROWS is a setting of SAGEMAKER', remote.position, 'Leave it out.');
  }
  return {
    bucket: bucketSetting(settings),
    tags: tagsSetting(settings),
    kmsKeyId: textSetting(settings, 'kms_key_id'),
    garbageCollect: oneOfSetting(settings, 's3_garbage_collect', ['on', 'off']) !== 'off',
    maxCells: wholeNumberSetting(settings, 'max_cells', [1, MOST]) ?? 1_000_000,
    maxRuntime: wholeNumberSetting(settings, 'max_runtime', [1, MOST]) ?? 5400,
  };
}
