import type { Channel, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { ObjectFacts, ObjectStore } from '../objects/object-store.js';
import type { AlgorithmTask } from '../training/training-job.js';
import { joinCsv } from './csv-parts.js';
import { JobFailure, validation } from './errors.js';
import { algorithmOfImage } from './images.js';
import { objectsOf, readBodies } from './s3-data.js';

/**
 * What is checked while the job is created: the image, and that there are data for its channels.
 *
 * @throws a ValidationException
 */
export async function checkTrainingRequest(store: ObjectStore, request: CreateTrainingJobRequest): Promise<void> {
  algorithmOf(request);
  const channels = request.InputDataConfig ?? [];
  const names = channels.map(({ ChannelName }) => ChannelName);
  if (new Set(names).size !== names.length) throw validation('The names of channels must be unique.');
  for (const channel of channels) await objectsOfChannel(store, request, channel);
  if (request.ResourceConfig === undefined) throw validation('ResourceConfig is required.');
}

function algorithmOf({ AlgorithmSpecification }: CreateTrainingJobRequest): AlgorithmTask['kind'] {
  const image = AlgorithmSpecification?.TrainingImage;
  const algorithm = image === undefined ? undefined : algorithmOfImage(image);
  if (algorithm !== undefined && algorithm !== 'automl') return algorithm;
  throw validation(
    'Invalid training image. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run. (aws-ml-local knows those of XGBoost, linear learner and k-means.)',
  );
}

function objectsOfChannel(
  store: ObjectStore,
  { RoleArn = '' }: CreateTrainingJobRequest,
  { ChannelName, DataSource }: Channel,
): Promise<ObjectFacts[]> {
  const source = DataSource?.S3DataSource;
  if (source === undefined) throw validation(`Channel ${ChannelName} has no S3DataSource.`);
  return objectsOf(store, source, RoleArn);
}

/** The job as the learners take it, with its data. */
export async function algorithmTask(store: ObjectStore, request: CreateTrainingJobRequest): Promise<AlgorithmTask> {
  const csvOf = async (name: string) => {
    const channel = request.InputDataConfig?.find(({ ChannelName }) => ChannelName === name);
    if (channel === undefined) return undefined;
    const { ContentType = 'text/csv', CompressionType } = channel;
    if (!/^text\/csv(?:;|$)/i.test(ContentType)) {
      throw new JobFailure(`ClientError: Content type ${ContentType} is not supported by aws-ml-local: text/csv is.`);
    }
    const bodies = await readBodies(store, await objectsOfChannel(store, request, channel), CompressionType);
    return joinCsv(bodies, false);
  };
  const training = await csvOf('train');
  if (training === undefined) throw new JobFailure('ClientError: Unable to find the channel train.');
  const validationData = await csvOf('validation');
  const maxRuntimeSeconds = request.StoppingCondition?.MaxRuntimeInSeconds;
  return {
    kind: algorithmOf(request),
    training,
    ...(validationData !== undefined && { validation: validationData }),
    hyperparameters: request.HyperParameters ?? {},
    ...(maxRuntimeSeconds !== undefined && { maxRuntimeSeconds }),
  };
}
