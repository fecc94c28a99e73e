import type {
  AutoMLCandidate,
  DescribeAutoMLJobV2Response,
  DescribeTrainingJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { JobMetric, JobState, ModelContainer } from './training-job.js';

const statuses: Readonly<Record<string, JobState['status']>> = {
  Completed: 'completed',
  Failed: 'failed',
  Stopped: 'stopped',
};

/** Jobs that are being stopped run on for a while. */
const statusOf = (status: string | undefined): JobState['status'] => statuses[status ?? ''] ?? 'running';

export function autoMlState(job: DescribeAutoMLJobV2Response, tried: readonly AutoMLCandidate[]): JobState {
  const best = job.BestCandidate ?? bestOf(tried);
  return {
    status: statusOf(job.AutoMLJobStatus),
    stage: job.AutoMLJobSecondaryStatus ?? 'Starting',
    failure: job.FailureReason ?? job.PartialFailureReasons?.[0]?.PartialFailureMessage,
    startedAt: job.CreationTime,
    endedAt: job.EndTime,
    candidates: tried.length,
    metrics: candidateMetrics(best),
    objective: objectiveOf(best),
    container: containerOf(job.BestCandidate),
    explanation: job.BestCandidate?.CandidateProperties?.CandidateArtifactLocations?.Explainability,
    billedSeconds: undefined,
  };
}

function bestOf(tried: readonly AutoMLCandidate[]): AutoMLCandidate | undefined {
  const scored = tried.filter((candidate) => candidate.FinalAutoMLJobObjectiveMetric?.Value !== undefined);
  const value = (candidate: AutoMLCandidate) => {
    const { Value = 0, Type } = candidate.FinalAutoMLJobObjectiveMetric ?? {};
    return Type === 'Minimize' ? -Value : Value;
  };
  return scored.reduce<AutoMLCandidate | undefined>(
    (best, candidate) => (best === undefined || value(candidate) > value(best) ? candidate : best),
    undefined,
  );
}

function objectiveOf(candidate: AutoMLCandidate | undefined): JobMetric | undefined {
  const { MetricName, StandardMetricName, Value } = candidate?.FinalAutoMLJobObjectiveMetric ?? {};
  const name = StandardMetricName ?? MetricName;
  return name === undefined || Value === undefined ? undefined : { name, value: Value };
}

function candidateMetrics(candidate: AutoMLCandidate | undefined): JobMetric[] {
  const metrics = candidate?.CandidateProperties?.CandidateMetrics ?? [];
  return metrics.flatMap(({ MetricName, StandardMetricName, Value, Set: of }) => {
    const name = StandardMetricName ?? MetricName;
    return name === undefined || Value === undefined || of === 'Train' ? [] : [{ name, value: Value }];
  });
}

function containerOf(candidate: AutoMLCandidate | undefined): ModelContainer | undefined {
  const [container, ...more] = candidate?.InferenceContainers ?? [];
  if (container?.Image === undefined || container.ModelDataUrl === undefined || more.length > 0) return undefined;
  return { image: container.Image, artifact: container.ModelDataUrl, environment: container.Environment ?? {} };
}

export function jobState(job: DescribeTrainingJobResponse): JobState {
  const metrics = (job.FinalMetricDataList ?? []).flatMap(({ MetricName, Value }) =>
    MetricName === undefined || Value === undefined ? [] : [{ name: MetricName, value: Value }],
  );
  const artifact = job.ModelArtifacts?.S3ModelArtifacts;
  const image = job.AlgorithmSpecification?.TrainingImage;
  return {
    status: statusOf(job.TrainingJobStatus),
    stage: job.SecondaryStatus ?? 'Starting',
    failure: job.FailureReason,
    startedAt: job.TrainingStartTime ?? job.CreationTime,
    endedAt: job.TrainingEndTime,
    candidates: undefined,
    metrics,
    objective: metrics[0],
    container: artifact === undefined || image === undefined ? undefined : { image, artifact, environment: {} },
    explanation: undefined,
    billedSeconds: job.BillableTimeInSeconds,
  };
}
