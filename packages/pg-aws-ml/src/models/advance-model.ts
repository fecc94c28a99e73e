import type { EndpointState, JobReference, JobState } from 'aws-ml-core/training';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit } from '../server/transaction.js';
import type { ModelState } from '../stubs/sql/models.js';
import { exportData, inputPrefix, inputUri, outputUri } from './export-data.js';
import { awsFailure, isBucketMissing, type ModelServices, objectAt, reasonOf } from './model-services.js';
import { awsName, isAutopilot, type Model, type ModelProgress, objectPrefix, type TrainingSpec } from './model-spec.js';
import { changeModel, deleteModel, type ModelChange, readModel, tryLockModel } from './model-table.js';
import { trainingJob } from './training-request.js';

/**
 * `again`: the next step can be taken at once. `wait`: AWS is at work. `busy`: somebody else takes the step. `done`: there is
 * nothing to do. `gone`: there is no such model.
 */
export type StepOutcome = 'again' | 'wait' | 'busy' | 'done' | 'gone';

export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: it is written down, and whoever looks at the model sees it. */
  readonly failing?: 'is written down' | 'throws';
}

/** An export that nobody is at for so long has been given up: a session that makes one holds the lock. */
const INTERRUPTED_MS = 60_000;

/** Quotas of AWS that stand against an endpoint are waited for this long. */
const PATIENCE_MS = 24 * 3600 * 1000;

/**
 * Takes the next step of a model: exporting → exported → training → deploying → ready, or failed; and dropping → gone.
 * Each may be repeated: whoever is ended between what it does in AWS and what it writes down is followed by somebody who
 * does it again, under the same names.
 */
export async function takeStep(
  connection: ServerConnection,
  services: ModelServices,
  id: string,
  { signal, failing = 'is written down' }: StepOptions = {},
): Promise<StepOutcome> {
  const scope = { connection, inBlock: false };
  try {
    return await inUnit(scope, { keep: true, writable: true }, async () => {
      if (!(await tryLockModel(connection, id))) return 'busy';
      const model = await readModel(connection, id);
      if (model === undefined) return 'gone';
      const step = steps[model.state];
      return step === undefined ? 'done' : step({ connection, services, model, signal });
    });
  } catch (error) {
    if (signal?.aborted || failing === 'throws') throw error;
    return inUnit(scope, { keep: true, writable: true }, () => recordFailure({ connection, services }, id, error));
  }
}

interface Step {
  readonly connection: ServerConnection;
  readonly services: ModelServices;
  readonly model: Model;
  readonly signal: AbortSignal | undefined;
}

const steps: Readonly<Partial<Record<ModelState, (step: Step) => Promise<StepOutcome>>>> = {
  exporting: exportStep,
  exported: startStep,
  training: trainingStep,
  deploying: deployStep,
  dropping: dropStep,
};

/** What stands against it may pass; else it has failed, and says why. */
async function recordFailure(
  { connection, services }: Pick<Step, 'connection' | 'services'>,
  id: string,
  error: unknown,
): Promise<StepOutcome> {
  if (!(await tryLockModel(connection, id))) return 'busy';
  const model = await readModel(connection, id);
  if (model === undefined) return 'gone';
  const failure = awsFailure(error);
  const since = model.progress.waiting?.since ?? new Date().toISOString();
  const patient = model.state === 'dropping' || Date.now() - Date.parse(since) < PATIENCE_MS;
  if (model.state === 'dropping' || (failure?.retryable === true && patient)) {
    const reason = failure === undefined ? textOf(error) : reasonOf(failure);
    await changeModel(connection, id, { progress: { ...model.progress, waiting: { reason, since } } });
    return 'wait';
  }
  return fail(
    { connection, services, model, signal: undefined },
    failure === undefined ? textOf(error) : reasonOf(failure),
  );
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function fail({ connection, services, model, signal }: Step, reason: string): Promise<StepOutcome> {
  await changeModel(connection, model.id, { state: 'failed', stage: '', error: reason });
  // What is left when this fails goes with the model.
  await services.training.undeploy(awsName(model), signal).catch(() => {});
  await collectGarbage(services, model).catch(() => {});
  return 'done';
}

async function exportStep(step: Step): Promise<StepOutcome> {
  const { connection, services, model, signal } = step;
  const { rows } = await connection.run('SELECT current_user');
  // The query of another role runs with its rights alone: within somebody else's session it could take that one's.
  if (rows[0]?.[0] !== model.owner) {
    if (Date.now() - model.changedAt.getTime() < INTERRUPTED_MS) return 'wait';
    return fail(step, 'the export of the training data was interrupted');
  }
  await exportData(connection, services.objects, model, signal);
  await changeModel(connection, model.id, { state: 'exported', stage: '' });
  return 'again';
}

async function startStep({ connection, services, model, signal }: Step): Promise<StepOutcome> {
  const training = model.spec.training as TrainingSpec;
  const places = { input: inputUri(model, training), output: outputUri(model, training) };
  await services.training.startJob(trainingJob(model, training, places), signal);
  const { waiting: _, ...progress } = model.progress;
  await changeModel(connection, model.id, {
    state: 'training',
    stage: 'Starting',
    progress: { ...progress, startedAt: new Date().toISOString() },
  });
  return 'wait';
}

const jobOf = (model: Model): JobReference => ({
  kind: isAutopilot(model.spec) ? 'automl' : 'algorithm',
  name: awsName(model),
});

async function trainingStep(step: Step): Promise<StepOutcome> {
  const { connection, services, model, signal } = step;
  const job = await services.training.job(jobOf(model), signal);
  if (job === undefined) return fail(step, 'Amazon SageMaker no longer knows the training job');
  const progress = progressOf(model, job);
  if (job.status === 'running') {
    await changeIfNew(connection, model, { stage: job.stage, progress });
    return 'wait';
  }
  if (job.status !== 'completed' || job.container === undefined) {
    await changeModel(connection, model.id, { progress });
    return fail(step, job.failure ?? endWithoutModel(job));
  }
  const explanation = await explanationOf(services, job, signal);
  await changeModel(connection, model.id, {
    state: 'deploying',
    stage: '',
    progress,
    ...(explanation !== undefined && { explanation }),
  });
  return 'again';
}

const endWithoutModel = ({ status }: JobState): string =>
  status === 'stopped'
    ? 'the training job was stopped'
    : 'Autopilot candidate has no models: MAX_RUNTIME may be too short';

function progressOf(model: Model, job: JobState): ModelProgress {
  const { waiting: _, ...known } = model.progress;
  const { objective, metrics, container } = job;
  const others = metrics.filter(({ name }) => name !== objective?.name);
  return {
    ...known,
    ...(job.candidates !== undefined && { candidates: job.candidates }),
    metrics: objective === undefined ? metrics : [objective, ...others],
    ...(job.startedAt !== undefined && { startedAt: job.startedAt.toISOString() }),
    ...(job.endedAt !== undefined && { endedAt: job.endedAt.toISOString() }),
    ...(job.billedSeconds !== undefined && { billedSeconds: job.billedSeconds }),
    ...(job.explanation !== undefined && { explanation: job.explanation }),
    ...(container !== undefined && { container: { ...container, environment: { ...container.environment } } }),
  };
}

/** Clarify's analysis.json. A model is no worse without it. */
async function explanationOf(
  { objects }: ModelServices,
  { explanation }: JobState,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const place = explanation === undefined ? undefined : objectAt(explanation);
  if (place === undefined) return undefined;
  const key = `${place.key.replace(/\/$/, '')}/analysis.json`;
  try {
    return JSON.parse(await objects.getText({ bucket: place.bucket, key }, { signal }));
  } catch (error) {
    if (awsFailure(error)?.retryable) throw error;
    return undefined;
  }
}

async function deployStep(step: Step): Promise<StepOutcome> {
  const { connection, services, model, signal } = step;
  const endpoint = await services.training.endpoint(awsName(model), signal);
  if (endpoint?.status === 'in service') {
    const { waiting: _, ...progress } = model.progress;
    await changeModel(connection, model.id, { state: 'ready', stage: '', progress });
    await collectGarbage(services, model).catch(() => {});
    return 'done';
  }
  if (endpoint?.status === 'failed') return fail(step, endpointFailure(endpoint));
  if (endpoint === undefined) await deploy(step);
  await changeIfNew(connection, model, { stage: 'Creating', progress: model.progress });
  return 'wait';
}

const endpointFailure = ({ failure }: EndpointState): string =>
  `the endpoint could not be made${failure === undefined ? '' : `: ${failure}`}`;

async function deploy({ services, model, signal }: Step): Promise<void> {
  const { container } = model.progress;
  const { roleArn, training } = model.spec;
  const { capacity, tags, problemType } = training as TrainingSpec;
  if (container === undefined) throw new Error('a trained model has a container');
  const several = isAutopilot(model.spec) && problemType !== 'Regression';
  const environment = several ? { ...container.environment, ...ANSWERS } : container.environment;
  const deployed = { name: awsName(model), roleArn, container: { ...container, environment }, capacity, tags };
  await services.training.deploy(deployed, signal);
}

/** In the order of the fields of the type `prediction`. */
const ANSWERS = { SAGEMAKER_INFERENCE_OUTPUT: 'predicted_label,probability,probabilities,labels' };

/** The training data; the artefact stays, because an endpoint loads it whenever it grows. */
async function collectGarbage({ objects }: ModelServices, model: Model): Promise<void> {
  const { training } = model.spec;
  if (training === undefined || !training.garbageCollect) return;
  await objects.deletePrefix({ bucket: training.bucket, key: inputPrefix(model) });
}

async function dropStep({ connection, services, model, signal }: Step): Promise<StepOutcome> {
  const { training } = model.spec;
  if (training !== undefined) {
    const job = await services.training.job(jobOf(model), signal);
    if (job?.status === 'running') {
      await services.training.stopJob(jobOf(model), signal);
      // It may still write: what it writes would be left behind.
      const after = await services.training.job(jobOf(model), signal);
      if (after?.status === 'running') {
        await changeIfNew(connection, model, { stage: 'Stopping', progress: model.progress });
        return 'wait';
      }
    }
    await services.training.undeploy(awsName(model), signal);
    await removeObjects(services, model, training, signal);
  }
  await deleteModel(connection, model.id);
  return 'gone';
}

async function removeObjects(
  { objects }: ModelServices,
  model: Model,
  { bucket }: TrainingSpec,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await objects.deletePrefix({ bucket, key: objectPrefix(model) }, { signal });
  } catch (error) {
    // With the bucket everything in it is gone.
    if (!isBucketMissing(error)) throw error;
  }
}

/** Those who look often write seldom. */
async function changeIfNew(connection: ServerConnection, model: Model, change: ModelChange): Promise<void> {
  const same = model.stage === change.stage && JSON.stringify(model.progress) === JSON.stringify(change.progress);
  if (!same) await changeModel(connection, model.id, change);
}
