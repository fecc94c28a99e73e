import { parseCsv } from '../csv.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { Payload } from '../services/backend.js';
import { modelError } from '../services/sagemaker.js';
import { type Prediction, PredictionFailure, type TrainedModel } from '../training/training-job.js';
import { type Encode, encodeKmeans, encodeLinearLearner, encodeXgboost } from './built-in-answers.js';
import { encodeFields, missingField, selectedFields } from './inference-fields.js';

/** What a container takes and answers, besides the model in it. */
export interface ContainerManners {
  /** Of a client that accepts anything. */
  readonly defaultAccept: string;
  /** The fields of the answer, where they can be chosen. */
  readonly fields?: readonly string[];
  readonly encode: Encode;
}

export type ServedAlgorithm = 'automl' | 'xgboost' | 'linear-learner' | 'kmeans';

/** @returns undefined where SAGEMAKER_INFERENCE_OUTPUT asks for what no container has */
export function mannersOf(
  algorithm: ServedAlgorithm,
  environment: Readonly<Record<string, string>>,
): ContainerManners | undefined {
  const { SAGEMAKER_INFERENCE_OUTPUT: output, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: accept = 'text/csv' } = environment;
  if (algorithm === 'linear-learner') return { defaultAccept: 'application/json', encode: encodeLinearLearner };
  if (algorithm === 'kmeans') return { defaultAccept: 'application/json', encode: encodeKmeans };
  if (algorithm === 'xgboost' && output === undefined) return { defaultAccept: accept, encode: encodeXgboost };
  const fields = selectedFields(output ?? 'predicted_label');
  if (fields === undefined) return undefined;
  return {
    defaultAccept: accept,
    fields,
    encode: (predictions, accepted) => encodeFields(fields, predictions, accepted),
  };
}

/** An endpoint of a model that was trained here: CSV without a header in, what the algorithm's container answers out. */
export function trainedEndpoint(name: string, model: TrainedModel, manners: ContainerManners): Endpoint {
  return async ({ contentType, accept, body }) => {
    if (!/^text\/csv(?:;|$)/i.test(contentType)) {
      throw modelError(name, 415, 'Content type is not supported; this endpoint takes text/csv');
    }
    const predictions = predict(name, model, body);
    const missing = predictions[0] && missingField(manners.fields ?? [], predictions[0]);
    if (missing !== undefined) throw modelError(name, 400, `The model does not have the inference output ${missing}`);
    return encoded(manners, predictions, accept) ?? refuse(name);
  };
}

function predict(name: string, model: TrainedModel, body: Buffer): readonly Prediction[] {
  let rows: string[][];
  try {
    rows = parseCsv(body);
  } catch {
    // The parser's message would quote the input.
    throw modelError(name, 400, 'Unable to parse the payload as CSV');
  }
  try {
    return model.predict(rows);
  } catch (error) {
    if (error instanceof PredictionFailure) throw modelError(name, 400, error.message);
    throw modelError(name, 500, 'The model failed');
  }
}

function encoded(manners: ContainerManners, predictions: readonly Prediction[], accept: string): Payload | undefined {
  const accepted = accept.split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  for (const type of accepted) {
    const answer = manners.encode(predictions, type === '*/*' || type === '' ? manners.defaultAccept : type);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function refuse(name: string): never {
  throw modelError(name, 406, 'The accepted content types are not supported by the container');
}
