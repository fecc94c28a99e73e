import { syntaxError } from '../tokens/syntax-error.js';
import type { ObjectName, TokenReader } from '../tokens/token-reader.js';
import { Clauses, readIamRole, roleHint } from './clauses.js';
import { oneOfSetting, readSettings, textSetting, type WrittenSettings } from './settings.js';
import type { CreateExternalModel } from './statement.js';

const SETTINGS = ['model_id', 'prompt', 'suffix', 'request_type', 'response_type'];
const TRAINING = 'It is a setting of CREATE MODEL.';
const TRAINING_SETTINGS = {
  s3_bucket: 'An external model has no data in S3: leave it out.',
  tags: TRAINING,
  kms_key_id: TRAINING,
  s3_garbage_collect: TRAINING,
  max_cells: TRAINING,
  max_runtime: TRAINING,
  max_batch_rows: TRAINING,
};

/** Behind CREATE EXTERNAL MODEL. Clauses may come in any order. */
export function readCreateExternalModel(reader: TokenReader): CreateExternalModel {
  const name = reader.objectName('the name of the model');
  const clauses = new Clauses(reader);
  let inferenceFunction: ObjectName | undefined;
  let iamRole: string | undefined;
  let settings: WrittenSettings | undefined;
  clauses.read({
    function: () => {
      inferenceFunction = reader.objectName('the name of the function');
      if (reader.seesSymbol('(')) throw reader.unexpected('The arguments are those of REQUEST_TYPE: leave them out.');
    },
    iam_role: () => {
      iamRole = readIamRole(reader);
    },
    model_type: () => {
      reader.expect('bedrock', 'An external model is of MODEL_TYPE BEDROCK.');
    },
    settings: () => {
      settings = readSettings(reader, SETTINGS, TRAINING_SETTINGS);
    },
  });
  const statement = 'CREATE EXTERNAL MODEL';
  clauses.require('function', statement, 'Name the function that asks the model: FUNCTION <name>.');
  clauses.require('iam_role', statement, roleHint);
  clauses.require('model_type', statement, 'Write MODEL_TYPE BEDROCK.');
  clauses.require('settings', statement, "Write SETTINGS (MODEL_ID '<name of a model>').");
  return {
    kind: 'external model',
    name,
    function: inferenceFunction!,
    iamRole,
    ...requests(settings!),
  };
}

type Requests = Pick<CreateExternalModel, 'modelId' | 'prompt' | 'suffix' | 'requestType' | 'responseType'>;

/** What is asked, and in which form. */
function requests(settings: WrittenSettings): Requests {
  const modelId = textSetting(settings, 'model_id');
  if (modelId === undefined || modelId.trim() === '') {
    const at = settings.strings.get('model_id')?.position ?? settings.position;
    throw syntaxError('SETTINGS needs MODEL_ID', at, "Write MODEL_ID '<name of a model>'.");
  }
  const requestType = oneOfSetting(settings, 'request_type', ['raw', 'unified']) ?? 'unified';
  const responseType = oneOfSetting(settings, 'response_type', ['varchar', 'super']) ?? 'varchar';
  if (requestType === 'raw') refuseForRaw(settings, responseType);
  return {
    modelId,
    prompt: textSetting(settings, 'prompt'),
    suffix: textSetting(settings, 'suffix'),
    requestType,
    responseType,
  };
}

function refuseForRaw({ strings }: WrittenSettings, responseType: Requests['responseType']): void {
  for (const name of ['prompt', 'suffix']) {
    const given = strings.get(name);
    if (given === undefined) continue;
    const hint = 'What a RAW request says is all in its argument: write it there, or REQUEST_TYPE UNIFIED.';
    throw syntaxError(`${name.toUpperCase()} is a setting of REQUEST_TYPE UNIFIED`, given.position, hint);
  }
  if (responseType === 'super') return;
  const at = strings.get('response_type') ?? strings.get('request_type');
  throw syntaxError('REQUEST_TYPE RAW needs RESPONSE_TYPE SUPER', at!.position, 'Add RESPONSE_TYPE SUPER.');
}
