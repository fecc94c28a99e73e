import type {
  AutoMLCandidate,
  AutoMLJobSummary,
  AutoMLMetricEnum,
  AutoMLMetricExtendedEnum,
  CreateAutoMLJobV2Request,
  CreateAutoMLJobV2Response,
  DescribeAutoMLJobV2Response,
  FinalAutoMLJobObjectiveMetric,
  ListAutoMLJobsResponse,
  ListCandidatesForAutoMLJobRequest,
  ListCandidatesForAutoMLJobResponse,
  MetricDatum,
  MetricSetSource,
} from '@aws-sdk/client-sagemaker';
import type { Metric } from '../training/training-job.js';
import { checkAutoMlRequest, defaultObjective, tabularConfigOf } from './automl-request.js';
import { type ControlContext, tagResource } from './context.js';
import { jobExists, resourceNotFound, validation } from './errors.js';
import { autoMlImage } from './images.js';
import { type ListRequest, listPage, pageOf } from './listing.js';
import { OBJECTIVE_METRICS } from './request-shapes.js';
import { autoMlArn, candidateUri, explainabilityUri, runAutoMlJob } from './run-automl-job.js';
import type { AutoMlJob, CandidateRecord } from './state.js';

export async function createAutoMlJob(
  context: ControlContext,
  request: CreateAutoMLJobV2Request,
): Promise<CreateAutoMLJobV2Response> {
  const { AutoMLJobName: name = '', Tags } = request;
  const arn = autoMlArn(context, name);
  const exists = () => {
    if (context.state.autoMlJobs.has(name)) throw jobExists('AutoMLJob', arn);
  };
  exists();
  await checkAutoMlRequest(context.store, request);
  exists();
  const now = Date.now();
  const job: AutoMlJob = {
    name,
    request,
    createdAt: now,
    modifiedAt: now,
    status: 'InProgress',
    secondaryStatus: 'Starting',
    candidates: [],
  };
  context.state.autoMlJobs.set(name, job);
  tagResource(context, arn, Tags);
  context.changed();
  startAutoMlJob(context, job);
  return { AutoMLJobArn: arn };
}

/** What was under way begins anew; what was about to stop has. */
export function resumeAutoMlJobs(context: ControlContext): void {
  for (const job of context.state.autoMlJobs.values()) {
    if (job.status === 'Stopping') Object.assign(job, { status: 'Stopped', secondaryStatus: 'Stopped' });
    if (job.status !== 'InProgress') continue;
    job.candidates.length = 0;
    startAutoMlJob(context, job);
  }
}

function startAutoMlJob(context: ControlContext, job: AutoMlJob): void {
  context.work.start(autoMlArn(context, job.name), 'CreateAutoMLJobV2', (work) => runAutoMlJob(context, job, work));
}

export function describeAutoMlJob(
  context: ControlContext,
  { AutoMLJobName = '' }: { AutoMLJobName?: string },
): DescribeAutoMLJobV2Response {
  const job = jobNamed(context, AutoMLJobName);
  const { request, best } = job;
  const bestCandidate = job.candidates.find(({ name }) => name === best);
  return {
    ...summary(context, job),
    AutoMLJobInputDataConfig: request.AutoMLJobInputDataConfig,
    OutputDataConfig: request.OutputDataConfig,
    RoleArn: request.RoleArn,
    AutoMLJobObjective: request.AutoMLJobObjective,
    AutoMLProblemTypeConfig: request.AutoMLProblemTypeConfig,
    AutoMLProblemTypeConfigName: 'Tabular',
    ...(bestCandidate !== undefined && { BestCandidate: candidateShape(context, job, bestCandidate) }),
    ...resolvedAttributes(job),
    DataSplitConfig: request.DataSplitConfig,
    SecurityConfig: request.SecurityConfig,
  };
}

export function stopAutoMlJob(context: ControlContext, { AutoMLJobName = '' }: { AutoMLJobName?: string }): void {
  const job = jobNamed(context, AutoMLJobName);
  if (job.status !== 'InProgress') {
    throw validation(`The request was rejected because the AutoML job is in status ${job.status}.`);
  }
  job.status = 'Stopping';
  job.modifiedAt = Date.now();
  context.changed();
  context.work.end(autoMlArn(context, job.name), 'stopped');
}

export function listAutoMlJobs(context: ControlContext, request: ListRequest): ListAutoMLJobsResponse {
  const defaults = { sortBy: 'Name', sortOrder: 'Descending' } as const;
  const { items, ...token } = listPage(context.state.autoMlJobs.values(), request, defaults);
  return { AutoMLJobSummaries: items.map((job) => summary(context, job)), ...token };
}

export function listCandidates(
  context: ControlContext,
  request: ListCandidatesForAutoMLJobRequest,
): ListCandidatesForAutoMLJobResponse {
  const job = jobNamed(context, request.AutoMLJobName ?? '');
  const { CandidateNameEquals: wanted, StatusEquals = 'Completed', SortBy, SortOrder, NextToken, MaxResults } = request;
  const chosen = job.candidates.filter(({ name }) => wanted === undefined || name === wanted);
  const key =
    SortBy === 'FinalObjectiveMetricValue'
      ? ({ objective }: CandidateRecord) => objective.value
      : ({ createdAt }: CandidateRecord) => createdAt;
  const sign = SortOrder === 'Descending' ? -1 : 1;
  const sorted = StatusEquals === 'Completed' ? chosen.sort((a, b) => sign * (key(a) - key(b))) : [];
  const { items, ...token } = pageOf(sorted, {
    ...(NextToken !== undefined && { NextToken }),
    ...(MaxResults !== undefined && { MaxResults }),
  });
  return { Candidates: items.map((candidate) => candidateShape(context, job, candidate)), ...token };
}

function jobNamed({ state }: ControlContext, name: string): AutoMlJob {
  const job = state.autoMlJobs.get(name);
  if (job === undefined) throw resourceNotFound(`AutoML job ${name} was not found.`);
  return job;
}

function summary(context: ControlContext, job: AutoMlJob): AutoMLJobSummary {
  return {
    AutoMLJobName: job.name,
    AutoMLJobArn: autoMlArn(context, job.name),
    AutoMLJobStatus: job.status,
    AutoMLJobSecondaryStatus: job.secondaryStatus,
    CreationTime: new Date(job.createdAt),
    LastModifiedTime: new Date(job.modifiedAt),
    ...(job.endedAt !== undefined && { EndTime: new Date(job.endedAt) }),
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
  };
}

function resolvedAttributes(job: AutoMlJob): Pick<DescribeAutoMLJobV2Response, 'ResolvedAttributes'> {
  const problem = job.problemType ?? job.request.AutoMLProblemTypeConfig?.TabularJobConfig?.ProblemType;
  if (problem === undefined) return {};
  const metric = (job.request.AutoMLJobObjective?.MetricName ?? defaultObjective(problem)) as AutoMLMetricEnum;
  return {
    ResolvedAttributes: {
      AutoMLJobObjective: { MetricName: metric },
      CompletionCriteria: tabularConfigOf(job.request).CompletionCriteria,
      AutoMLProblemTypeResolvedAttributes: { TabularResolvedAttributes: { ProblemType: problem } },
    },
  };
}

function candidateShape(context: ControlContext, job: AutoMlJob, candidate: CandidateRecord): AutoMLCandidate {
  const { name, objective, metrics } = candidate;
  const createdAt = new Date(candidate.createdAt);
  const endedAt = new Date(candidate.endedAt);
  const explained = job.explained === true && name === job.best;
  return {
    CandidateName: name,
    FinalAutoMLJobObjectiveMetric: objectiveShape(objective),
    ObjectiveStatus: 'Succeeded',
    CandidateSteps: [
      {
        CandidateStepType: 'AWS::SageMaker::TrainingJob',
        CandidateStepArn: `${autoMlArn(context, job.name).replace(':automl-job/', ':training-job/')}-${name}`,
        CandidateStepName: `${job.name}-${name}`,
      },
    ],
    CandidateStatus: 'Completed',
    InferenceContainers: [containerOf(context, job, name)],
    CreationTime: createdAt,
    EndTime: endedAt,
    LastModifiedTime: endedAt,
    CandidateProperties: {
      ...(explained && { CandidateArtifactLocations: { Explainability: explainabilityUri(job, name) } }),
      CandidateMetrics: metrics.map(metricShape),
    },
  };
}

function objectiveShape({ name, type, value }: CandidateRecord['objective']): FinalAutoMLJobObjectiveMetric {
  return {
    Type: type,
    MetricName: name as AutoMLMetricEnum,
    StandardMetricName: name as AutoMLMetricEnum,
    Value: value,
  };
}

function metricShape({ name, value, set }: Metric): MetricDatum {
  return {
    // The older enumeration lacks what isn't an objective.
    ...((OBJECTIVE_METRICS as readonly string[]).includes(name) && { MetricName: name as AutoMLMetricEnum }),
    StandardMetricName: name as AutoMLMetricExtendedEnum,
    Value: value,
    Set: set as MetricSetSource,
  };
}

function containerOf({ region }: ControlContext, job: AutoMlJob, candidate: string) {
  const problem = job.problemType ?? tabularConfigOf(job.request).ProblemType;
  const supported = problem === 'Regression' ? 'predicted_label' : 'predicted_label,probability,probabilities,labels';
  return {
    Image: autoMlImage(region),
    ModelDataUrl: candidateUri(job, candidate),
    Environment: {
      MAX_CONTENT_LENGTH: '20971520',
      SAGEMAKER_CONTENT_TYPE: 'text/csv',
      SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'text/csv',
      SAGEMAKER_INFERENCE_OUTPUT: 'predicted_label',
      SAGEMAKER_INFERENCE_SUPPORTED: supported,
      SAGEMAKER_PROGRAM: 'tabular_serve.py',
      SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
    },
  };
}
