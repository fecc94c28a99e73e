import type { MlFunctionName } from '../ml-function.js';
import { invokeModel } from './bedrock-invoke-model/definition.js';
import { invokeModelGetEmbeddings } from './bedrock-invoke-model-get-embeddings/definition.js';
import { detectSentiment } from './comprehend-detect-sentiment/definition.js';
import type { MlFunctionDefinition } from './definition.js';
import { invokeEndpoint } from './sagemaker-invoke-endpoint/definition.js';

export const definitions: Readonly<Record<MlFunctionName, MlFunctionDefinition>> = {
  'aws_comprehend.detect_sentiment': detectSentiment,
  'aws_sagemaker.invoke_endpoint': invokeEndpoint,
  'aws_bedrock.invoke_model': invokeModel,
  'aws_bedrock.invoke_model_get_embeddings': invokeModelGetEmbeddings,
};
