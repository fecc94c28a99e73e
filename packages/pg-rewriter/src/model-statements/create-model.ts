import { notSupported, syntaxError } from '../tokens/syntax-error.js';
import type { ObjectName, TextPart, TokenReader } from '../tokens/token-reader.js';
import { Clauses, readIamRole } from './clauses.js';
import { forecastRefused } from './forecast.js';
import { readHyperparameters, type WrittenHyperparameter } from './hyperparameters.js';
import { importModel, remoteModel } from './own-model.js';
import { readPreprocessors, type WrittenPreprocessors } from './preprocessors.js';
import { redshiftType } from './redshift-type.js';
import { readSettings, type SettingValue, type WrittenSettings } from './settings.js';
import type { ColumnName, CreateModel, ModelType, ProblemType, TypeName } from './statement.js';
import { trainModel } from './train-model.js';

/** The clauses of CREATE MODEL as they are written, before anybody asks whether they go together. */
export interface WrittenModel {
  readonly reader: TokenReader;
  readonly clauses: Clauses;
  readonly name: ObjectName;
  source?: WrittenSource;
  target?: ColumnName;
  function?: ObjectName;
  argumentTypes?: readonly TypeName[];
  returns?: TypeName;
  endpoint?: { readonly name: string; readonly model: string | undefined };
  iamRole?: string | undefined;
  auto?: boolean;
  modelType?: ModelType;
  problemType?: ProblemType;
  objective?: SettingValue;
  preprocessors?: WrittenPreprocessors;
  hyperparameters?: readonly WrittenHyperparameter[];
  settings?: WrittenSettings;
}

type WrittenSource =
  | { readonly kind: 'table'; readonly table: ObjectName }
  | ({ readonly kind: 'query' } & TextPart)
  | { readonly kind: 'artefact'; readonly place: string };

const SETTINGS = [
  's3_bucket',
  'tags',
  'kms_key_id',
  's3_garbage_collect',
  'max_cells',
  'max_runtime',
  'max_batch_rows',
];
const EXTERNAL = 'It is a setting of CREATE EXTERNAL MODEL.';
const EXTERNAL_SETTINGS = {
  model_id: EXTERNAL,
  prompt: EXTERNAL,
  suffix: EXTERNAL,
  request_type: EXTERNAL,
  response_type: EXTERNAL,
};

/** Behind CREATE MODEL. Clauses may come in any order. */
export function readCreateModel(reader: TokenReader): CreateModel {
  if (reader.sees('if')) throw reader.unexpected('CREATE MODEL has no IF NOT EXISTS: DROP MODEL IF EXISTS first.');
  const name = reader.objectName('the name of the model');
  const clauses = new Clauses(reader);
  const written: WrittenModel = { reader, clauses, name };
  clauses.read(clauseReaders(reader, written));
  if (clauses.has('sagemaker')) return remoteModel(written);
  if (written.source?.kind === 'artefact') return importModel(written, written.source.place);
  return trainModel(written);
}

const clauseReaders = (reader: TokenReader, written: WrittenModel) => ({
  from: () => {
    written.source = readSource(reader);
  },
  target: () => {
    const { kind, position } = reader.peek();
    const isString = kind === 'string';
    written.target = { name: isString ? reader.take().value : reader.identifier('the column to predict'), position };
  },
  function: () => {
    written.function = reader.objectName('the name of the function');
    if (reader.seesSymbol('(')) written.argumentTypes = readTypes(reader);
  },
  returns: () => {
    written.returns = redshiftType(reader);
  },
  sagemaker: () => {
    const endpoint = reader.string('the name of the endpoint');
    written.endpoint = { name: endpoint, model: reader.acceptSymbol(':') ? reader.string('the model') : undefined };
  },
  iam_role: () => {
    written.iamRole = readIamRole(reader);
  },
  auto: () => {
    written.auto = reader.oneOf(['on', 'off']) === 'on';
  },
  model_type: () => {
    written.modelType = readModelType(reader);
  },
  problem_type: () => {
    // Redshift's syntax shows parentheses; its examples have none.
    const parenthesised = reader.acceptSymbol('(');
    written.problemType = reader.oneOf(['regression', 'binary_classification', 'multiclass_classification']);
    if (parenthesised) reader.expectSymbol(')');
  },
  objective: () => {
    const { position } = reader.peek();
    written.objective = { value: reader.string('the objective'), position };
  },
  preprocessors: () => {
    written.preprocessors = readPreprocessors(reader);
  },
  hyperparameters: () => {
    written.hyperparameters = readHyperparameters(reader);
  },
  settings: () => {
    written.settings = readSettings(reader, SETTINGS, EXTERNAL_SETTINGS);
  },
});

function readSource(reader: TokenReader): WrittenSource {
  const { kind, position } = reader.peek();
  if (kind === 'string') {
    const place = reader.take().value;
    if (place.trim() === '') throw syntaxError('FROM names neither a job nor a place in S3', position);
    return { kind: 'artefact', place };
  }
  if (reader.seesSymbol('(')) {
    const query = reader.parenthesised('Expected a query in parentheses.');
    if (query.text.trim() === '') throw syntaxError('syntax error at or near ")"', position, 'Expected a query.');
    return { kind: 'query', ...query };
  }
  if (reader.sees('select') || reader.sees('with')) throw reader.unexpected('A query stands in parentheses.');
  return { kind: 'table', table: reader.objectName('a table, or a query in parentheses') };
}

function readTypes(reader: TokenReader): TypeName[] {
  reader.expectSymbol('(');
  if (reader.acceptSymbol(')')) return [];
  const types = reader.list(() => redshiftType(reader));
  reader.expectSymbol(')', 'Expected "," or ")". Arguments have types only, no names.');
  return types;
}

function readModelType(reader: TokenReader): ModelType {
  const { position } = reader.peek();
  if (reader.accept('forecast')) throw notSupported('MODEL_TYPE FORECAST is not supported', position, forecastRefused);
  if (reader.sees('bedrock')) throw reader.unexpected('BEDROCK is the type of CREATE EXTERNAL MODEL.');
  return reader.oneOf(['xgboost', 'linear_learner', 'mlp', 'kmeans']);
}
