import type { SecondaryStatus } from '@aws-sdk/client-sagemaker';
import type { TrainingResult } from '../training/training-job.js';
import { arnIn, type ControlContext } from './context.js';
import { failureReason, JobFailure } from './errors.js';
import { packModel } from './model-archive.js';
import { uriBelow, writeObject } from './s3-data.js';
import type { TrainingJob } from './state.js';
import { trainingEvents } from './training-events.js';
import { algorithmTask } from './training-request.js';
import type { Work } from './work.js';

export const trainingArn = (context: ControlContext, name: string) => arnIn(context, 'training-job', name);

/** Trains, from a job that has just been created to its end. */
export async function runTrainingJob(context: ControlContext, job: TrainingJob, work: Work): Promise<void> {
  try {
    work.limit(job.request.StoppingCondition?.MaxRuntimeInSeconds);
    await train(context, job, work);
    conclude(context, job, 'Completed', 'Completed');
  } catch (error) {
    if (work.endedBy === 'closed') return;
    if (work.endedBy === 'stopped') conclude(context, job, 'Stopped', 'Stopped');
    else if (work.endedBy === 'out of time') conclude(context, job, 'Stopped', 'MaxRuntimeExceeded');
    else {
      job.failureReason = failureReason(error);
      conclude(context, job, 'Failed', 'Failed');
    }
  }
}

async function train(context: ControlContext, job: TrainingJob, work: Work): Promise<void> {
  const { store } = context;
  const enter = (stage: SecondaryStatus) => {
    transition(context, job, stage);
    return work.stay(stage);
  };
  await enter('Starting');
  job.startedAt = Date.now();
  await enter('Downloading');
  const task = await algorithmTask(store, job.request);
  await enter('Training');
  const result = await resultOf(trainingEvents(task, work.signal));
  await enter('Uploading');
  const folder = job.request.OutputDataConfig?.S3OutputPath ?? '';
  const artifact = uriBelow(folder, `${job.name}/output/model.tar.gz`);
  await writeObject(store, artifact, await packModel(result.best.model), 'application/gzip');
  job.artifact = artifact;
  job.metrics = result.finalMetrics;
}

async function resultOf(events: ReturnType<typeof trainingEvents>): Promise<TrainingResult> {
  for await (const event of events) if (event.kind === 'result') return event.result;
  throw new JobFailure('AlgorithmError: The training ended without a model.');
}

function conclude(
  context: ControlContext,
  job: TrainingJob,
  status: TrainingJob['status'],
  secondary: SecondaryStatus,
): void {
  job.status = status;
  job.endedAt = Date.now();
  transition(context, job, secondary);
  const last = job.transitions.at(-1);
  if (last !== undefined) last.endedAt = job.endedAt;
}

export function transition(context: ControlContext, job: TrainingJob, secondary: SecondaryStatus): void {
  const now = Date.now();
  const last = job.transitions.at(-1);
  if (last !== undefined) last.endedAt ??= now;
  job.secondaryStatus = secondary;
  job.transitions.push({ status: secondary, startedAt: now });
  job.modifiedAt = now;
  context.changed();
}
