import type { MlFunction } from '../../ml-function.js';

export const invokeModelGetEmbeddingsSignature: MlFunction = {
  qualifiedName: 'aws_bedrock.invoke_model_get_embeddings',
  schema: 'aws_bedrock',
  name: 'invoke_model_get_embeddings',
  service: 'bedrock',
  parameters: [
    { name: 'model_id', type: 'varchar' },
    { name: 'content_type', type: 'text' },
    { name: 'json_key', type: 'text' },
    { name: 'model_input', type: 'text' },
  ],
  results: [{ name: 'model_output', type: 'float8[]' }],
  targetPosition: 0,
  since: '2.0',
  maxRowsPerRequest: 1,
  telemetry: { service: 'BedrockRuntime', generativeOperation: 'embeddings' },
};
