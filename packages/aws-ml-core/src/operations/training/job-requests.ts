import type { CreateAutoMLJobV2Request, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { TrainingError } from './training-error.js';
import type { AlgorithmJob, AutoMlJob, ResourceTag } from './training-job.js';

export function autoMlJobInput(job: AutoMlJob): CreateAutoMLJobV2Request {
  const { algorithms } = job;
  return {
    AutoMLJobName: job.name,
    RoleArn: job.roleArn,
    AutoMLJobInputDataConfig: [
      {
        ChannelType: 'training',
        ContentType: 'text/csv;header=present',
        CompressionType: 'None',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: job.input } },
      },
    ],
    OutputDataConfig: { S3OutputPath: job.output, ...(job.kmsKeyId !== undefined && { KmsKeyId: job.kmsKeyId }) },
    AutoMLJobObjective: { MetricName: job.objective as never },
    AutoMLProblemTypeConfig: {
      TabularJobConfig: {
        TargetAttributeName: job.target,
        ProblemType: job.problemType,
        // One container a model: an endpoint of several can't be serverless.
        Mode: 'ENSEMBLING',
        CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: job.maxRuntimeSeconds },
        ...(algorithms !== undefined && {
          CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: [...algorithms] as never[] }] },
        }),
      },
    },
    ...securityOf(job.kmsKeyId),
    ...tagsOf(job.tags),
  };
}

const securityOf = (kmsKeyId: string | undefined) =>
  kmsKeyId === undefined ? {} : { SecurityConfig: { VolumeKmsKeyId: kmsKeyId } };

const tagsOf = (tags: readonly ResourceTag[] = []) =>
  tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };

export function trainingJobInput(job: AlgorithmJob, image: string | undefined): CreateTrainingJobRequest {
  if (image === undefined) {
    throw new TrainingError(`Amazon SageMaker has no image of ${job.algorithm} in this region`, 'invalid', {
      hint: 'Use another region, or AUTO ON.',
    });
  }
  return {
    TrainingJobName: job.name,
    RoleArn: job.roleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    HyperParameters: { ...job.hyperparameters },
    InputDataConfig: [
      {
        ChannelName: 'train',
        ContentType: job.algorithm === 'kmeans' ? 'text/csv;label_size=0' : 'text/csv',
        DataSource: {
          S3DataSource: { S3DataType: 'S3Prefix', S3Uri: job.input, S3DataDistributionType: 'FullyReplicated' },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: job.output, ...(job.kmsKeyId !== undefined && { KmsKeyId: job.kmsKeyId }) },
    ResourceConfig: {
      InstanceType: job.instanceType as never,
      InstanceCount: 1,
      VolumeSizeInGB: 30,
      ...(job.kmsKeyId !== undefined && { VolumeKmsKeyId: job.kmsKeyId }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: job.maxRuntimeSeconds },
    ...tagsOf(job.tags),
  };
}
