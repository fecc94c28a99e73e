import { syntaxError } from '../tokens/syntax-error.js';
import { roleHint } from './clauses.js';
import type { WrittenModel } from './create-model.js';
import { bucketSetting, type WrittenSettings, wholeNumberSetting } from './settings.js';
import type { ImportModel, RemoteModel } from './statement.js';

const MOST = 2 ** 31 - 1;

/** Of training. */
const TRAINING = [
  'target',
  'auto',
  'model_type',
  'problem_type',
  'objective',
  'preprocessors',
  'hyperparameters',
] as const;

/** A model behind an endpoint that is there. */
export function remoteModel(written: WrittenModel): RemoteModel {
  written.clauses.refuse('from', 'SAGEMAKER names a model that is there: FROM has no rows for it', 'Leave FROM out.');
  refuseTraining(written, 'SAGEMAKER names a model that is there: it is not trained');
  requireSignature(written);
  const { argumentTypes = [], returns } = written;
  const maxBatchRows = remoteSettings(written.settings);
  const { name: endpoint, model: endpointModel } = written.endpoint!;
  if (endpoint.trim() === '') {
    throw syntaxError(
      'SAGEMAKER names no endpoint',
      written.clauses.positionOf('sagemaker'),
      "Write SAGEMAKER '<name>'.",
    );
  }
  // A request of any size may hold too much where nothing is known of its rows.
  if (returns!.isSuper && argumentTypes.some(({ isSuper }) => isSuper) && maxBatchRows === undefined) {
    throw syntaxError('SUPER in and out needs MAX_BATCH_ROWS', returns!.position, 'Add SETTINGS (MAX_BATCH_ROWS 10).');
  }
  return {
    kind: 'remote model',
    name: written.name,
    function: written.function!,
    argumentTypes,
    returns: returns!,
    endpoint,
    endpointModel,
    iamRole: written.iamRole,
    settings: { maxBatchRows },
  };
}

/** A model whose artefact is there: a training job's, or a file's. */
export function importModel(written: WrittenModel, place: string): ImportModel {
  refuseTraining(written, 'FROM names a model that is there: it is not trained');
  requireSignature(written);
  written.clauses.require('settings', 'CREATE MODEL', "Write SETTINGS (S3_BUCKET '<name of a bucket>').");
  return {
    kind: 'import model',
    name: written.name,
    source: /^s3:\/\//i.test(place) ? { kind: 's3', uri: place } : { kind: 'job', job: place },
    function: written.function!,
    argumentTypes: written.argumentTypes ?? [],
    returns: written.returns!,
    iamRole: written.iamRole,
    settings: { bucket: bucketSetting(written.settings!) },
  };
}

function refuseTraining({ clauses }: WrittenModel, reason: string): void {
  for (const clause of TRAINING) clauses.refuse(clause, reason, `Leave ${clause.toUpperCase()} out.`);
}

function requireSignature({ clauses, argumentTypes }: WrittenModel): void {
  const hint = 'Write FUNCTION <name> (<types of its arguments>) RETURNS <type>.';
  clauses.require('function', 'CREATE MODEL', hint);
  if (argumentTypes === undefined || argumentTypes.length === 0) {
    const at = clauses.positionOf('function');
    throw syntaxError('FUNCTION needs the types of its arguments', at, hint);
  }
  clauses.require('returns', 'CREATE MODEL', hint);
  clauses.require('iam_role', 'CREATE MODEL', roleHint);
}

function remoteSettings(settings: WrittenSettings | undefined): number | undefined {
  if (settings === undefined) return undefined;
  for (const [name, { position }] of settings.strings) {
    if (name === 'max_batch_rows') continue;
    throw syntaxError(
      `${name.toUpperCase()} is a setting of training`,
      position,
      'SAGEMAKER knows MAX_BATCH_ROWS alone.',
    );
  }
  return wholeNumberSetting(settings, 'max_batch_rows', [1, MOST]);
}
