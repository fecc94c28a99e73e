import type { MlFunctionName } from '../ml-functions.js';
import type { MlService } from '../ml-service.js';
import { bedrockInvokeModel } from './bedrock-invoke-model.js';
import { bedrockInvokeModelGetEmbeddings } from './bedrock-invoke-model-get-embeddings.js';
import { comprehendDetectSentiment } from './comprehend-detect-sentiment.js';
import { sagemakerInvokeEndpoint } from './sagemaker-invoke-endpoint.js';
import { type ConnectionOptions, createSdkClients } from './sdk-clients.js';

export type MlServices = Readonly<Record<MlFunctionName, MlService>>;

/** The services of all ML functions, on one SDK client a service. Nothing is loaded or connected before the first call. */
export function createServices(options: ConnectionOptions = {}): MlServices {
  const clients = createSdkClients(options);
  return {
    'aws_comprehend.detect_sentiment': comprehendDetectSentiment(clients.comprehend),
    'aws_sagemaker.invoke_endpoint': sagemakerInvokeEndpoint(clients.sagemaker),
    'aws_bedrock.invoke_model': bedrockInvokeModel(clients.bedrock),
    'aws_bedrock.invoke_model_get_embeddings': bedrockInvokeModelGetEmbeddings(clients.bedrock),
  };
}
