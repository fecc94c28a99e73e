/**
 * The ML functions of `aws_ml`: names, parameters, results and the service behind each.
 * The one table that both the planner and the services read; each row stands in the folder of its function.
 * Source: "Using Amazon Aurora machine learning with Aurora PostgreSQL", function reference.
 */

import { invokeModelSignature } from './functions/bedrock-invoke-model/signature.js';
import { invokeModelGetEmbeddingsSignature } from './functions/bedrock-invoke-model-get-embeddings/signature.js';
import { detectSentimentSignature } from './functions/comprehend-detect-sentiment/signature.js';
import { invokeEndpointSignature } from './functions/sagemaker-invoke-endpoint/signature.js';
import type { MlFunction } from './ml-function.js';

export type { MlFunction, MlFunctionName, MlParameter, MlResultColumn } from './ml-function.js';

/** The content type by which `aws_bedrock.invoke_model` asks Converse in the place of InvokeModel: its input is what Converse takes, as JSON. */
export const converseContentType = 'application/vnd.pg-aws-ml.converse+json';

export const mlFunctions: readonly MlFunction[] = [
  detectSentimentSignature,
  invokeEndpointSignature,
  invokeModelSignature,
  invokeModelGetEmbeddingsSignature,
];

/** By qualified name. */
export const mlFunctionsByName: ReadonlyMap<string, MlFunction> = new Map(mlFunctions.map((f) => [f.qualifiedName, f]));
