import { checkOptions } from 'aws-ml-options';
import type { MlFunctionName } from '../ml-function.js';
import type { MlService } from '../ml-service.js';
import { type ConnectionOptions, connectionOptions } from '../options/connection-options.js';
import { createSdkClients } from '../transport/sdk-clients.js';
import { bedrockInvokeModel } from './bedrock-invoke-model/adapter.js';
import { bedrockInvokeModelGetEmbeddings } from './bedrock-invoke-model-get-embeddings/adapter.js';
import { comprehendDetectSentiment } from './comprehend-detect-sentiment/adapter.js';
import { sagemakerInvokeEndpoint } from './sagemaker-invoke-endpoint/adapter.js';

export type MlServices = Readonly<Record<MlFunctionName, MlService>>;

/**
 * The services of all ML functions, on one SDK client a service. Nothing is loaded or connected before the first call.
 *
 * @throws ConfigurationError for options that cannot be meant as they are
 */
export function createServices(options: ConnectionOptions = {}): MlServices {
  checkOptions(connectionOptions, options, 'options');
  return servicesOver(options);
}

/** The same over options that have been checked. */
export function servicesOver(options: ConnectionOptions): MlServices {
  const clients = createSdkClients(options);
  return {
    'aws_comprehend.detect_sentiment': comprehendDetectSentiment(clients.comprehend),
    'aws_sagemaker.invoke_endpoint': sagemakerInvokeEndpoint(clients.sagemaker),
    'aws_bedrock.invoke_model': bedrockInvokeModel(clients.bedrock),
    'aws_bedrock.invoke_model_get_embeddings': bedrockInvokeModelGetEmbeddings(clients.bedrock),
  };
}
