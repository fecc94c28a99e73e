import type {
  CreateTrainingJobRequest,
  CreateTrainingJobResponse,
  DescribeTrainingJobResponse,
  ListTrainingJobsResponse,
  MetricData,
  SecondaryStatusTransition,
} from '@aws-sdk/client-sagemaker';
import { type ControlContext, tagResource } from './context.js';
import { jobExists, validation } from './errors.js';
import { type ListRequest, listPage } from './listing.js';
import { runTrainingJob, trainingArn, transition } from './run-training-job.js';
import type { StatusTransition, TrainingJob } from './state.js';
import { checkTrainingRequest } from './training-request.js';

export async function createTrainingJob(
  context: ControlContext,
  request: CreateTrainingJobRequest,
): Promise<CreateTrainingJobResponse> {
  const { TrainingJobName: name = '', Tags } = request;
  const arn = trainingArn(context, name);
  const exists = () => {
    if (context.state.trainingJobs.has(name)) throw jobExists('Job', arn);
  };
  exists();
  await checkTrainingRequest(context.store, request);
  exists();
  const now = Date.now();
  const job: TrainingJob = {
    name,
    request,
    createdAt: now,
    modifiedAt: now,
    status: 'InProgress',
    secondaryStatus: 'Starting',
    transitions: [],
  };
  context.state.trainingJobs.set(name, job);
  tagResource(context, arn, Tags);
  context.changed();
  startTrainingJob(context, job);
  return { TrainingJobArn: arn };
}

/** What was under way begins anew; what was about to stop has. */
export function resumeTrainingJobs(context: ControlContext): void {
  for (const job of context.state.trainingJobs.values()) {
    if (job.status === 'Stopping') Object.assign(job, { status: 'Stopped', secondaryStatus: 'Stopped' });
    if (job.status === 'InProgress') startTrainingJob(context, job);
  }
}

function startTrainingJob(context: ControlContext, job: TrainingJob): void {
  job.transitions.length = 0;
  context.work.start(trainingArn(context, job.name), 'CreateTrainingJob', (work) => runTrainingJob(context, job, work));
}

export function describeTrainingJob(
  context: ControlContext,
  { TrainingJobName = '' }: { TrainingJobName?: string },
): DescribeTrainingJobResponse {
  const job = jobNamed(context, TrainingJobName);
  const { request, startedAt, endedAt } = job;
  const seconds =
    startedAt === undefined || endedAt === undefined ? undefined : Math.ceil((endedAt - startedAt) / 1000);
  return {
    ...summary(context, job),
    ModelArtifacts: { S3ModelArtifacts: job.artifact ?? '' },
    SecondaryStatus: job.secondaryStatus,
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
    HyperParameters: request.HyperParameters,
    AlgorithmSpecification: request.AlgorithmSpecification,
    RoleArn: request.RoleArn,
    InputDataConfig: request.InputDataConfig,
    OutputDataConfig: request.OutputDataConfig,
    ResourceConfig: request.ResourceConfig,
    StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: 86_400 },
    ...(startedAt !== undefined && { TrainingStartTime: new Date(startedAt) }),
    SecondaryStatusTransitions: job.transitions.map(transitionShape),
    ...(job.metrics !== undefined && { FinalMetricDataList: metricShapes(job) }),
    EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
    ...(seconds !== undefined && { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds }),
  };
}

export function stopTrainingJob(context: ControlContext, { TrainingJobName = '' }: { TrainingJobName?: string }): void {
  const job = jobNamed(context, TrainingJobName);
  if (job.status !== 'InProgress') {
    throw validation(`The request was rejected because the training job is in status ${job.status}.`);
  }
  job.status = 'Stopping';
  transition(context, job, 'Stopping');
  context.work.end(trainingArn(context, job.name), 'stopped');
}

export function listTrainingJobs(context: ControlContext, request: ListRequest): ListTrainingJobsResponse {
  const defaults = { sortBy: 'CreationTime', sortOrder: 'Ascending' } as const;
  const { items, ...token } = listPage(context.state.trainingJobs.values(), request, defaults);
  return { TrainingJobSummaries: items.map((job) => summary(context, job)), ...token };
}

function jobNamed({ state }: ControlContext, name: string): TrainingJob {
  const job = state.trainingJobs.get(name);
  if (job === undefined) throw validation('Requested resource not found.');
  return job;
}

function summary(context: ControlContext, job: TrainingJob) {
  return {
    TrainingJobName: job.name,
    TrainingJobArn: trainingArn(context, job.name),
    CreationTime: new Date(job.createdAt),
    ...(job.endedAt !== undefined && { TrainingEndTime: new Date(job.endedAt) }),
    LastModifiedTime: new Date(job.modifiedAt),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
  };
}

function transitionShape({ status, startedAt, endedAt }: StatusTransition): SecondaryStatusTransition {
  return {
    Status: status,
    StartTime: new Date(startedAt),
    ...(endedAt !== undefined && { EndTime: new Date(endedAt) }),
    StatusMessage: MESSAGES[status] ?? '',
  };
}

const MESSAGES: Readonly<Record<string, string>> = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Uploading: 'Uploading generated training model',
  Stopping: 'Stopping the training job',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
};

function metricShapes({ metrics = [], endedAt, modifiedAt }: TrainingJob): MetricData[] {
  const at = new Date(endedAt ?? modifiedAt);
  return metrics.map(({ name, value }) => ({ MetricName: name, Value: value, Timestamp: at }));
}
