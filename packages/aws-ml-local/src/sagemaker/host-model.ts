import type { Endpoint } from '../endpoints/endpoint.js';
import { mannersOf, trainedEndpoint } from '../hosting/trained-endpoint.js';
import type { ObjectStore } from '../objects/object-store.js';
import { loadModel } from '../training/load-model.js';
import type { TrainedModel } from '../training/training-job.js';
import { JobFailure } from './errors.js';
import { algorithmOfImage } from './images.js';
import { unpackModel } from './model-archive.js';
import { parseS3Uri, readObject } from './s3-data.js';

export interface HostedContainer {
  readonly image: string;
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly variant: string;
}

/** Starts a container: loads its model. @throws JobFailure with the reason why it can't */
export async function hostModel(
  store: ObjectStore,
  endpointName: string,
  { image, modelDataUrl, environment, variant }: HostedContainer,
): Promise<Endpoint> {
  const algorithm = algorithmOfImage(image);
  if (algorithm === undefined) {
    throw new JobFailure(
      `The image ${image} can't run here: aws-ml-local serves models of Autopilot, XGBoost, linear learner and k-means.`,
    );
  }
  const manners = mannersOf(algorithm, environment);
  if (manners === undefined) {
    throw new JobFailure('The primary container did not pass the ping health check: SAGEMAKER_INFERENCE_OUTPUT.');
  }
  const endpoint = trainedEndpoint(endpointName, await modelAt(store, modelDataUrl), manners);
  return async (request) => ({ ...(await endpoint(request)), variant });
}

async function modelAt(store: ObjectStore, uri: string): Promise<TrainedModel> {
  const location = parseS3Uri(uri);
  const there =
    location !== undefined &&
    (await store.hasBucket(location.bucket)) &&
    (await store.head(location.bucket, location.key)) !== undefined;
  if (!there) throw new JobFailure(`Failed to download model data from ${uri}: the object does not exist.`);
  const model = await unpackModel(await readObject(store, location.bucket, location.key));
  try {
    return loadModel(model);
  } catch {
    throw new JobFailure(`The model at ${uri} can't be loaded.`);
  }
}
