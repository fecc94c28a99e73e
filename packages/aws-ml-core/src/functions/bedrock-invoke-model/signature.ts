import type { MlFunction } from '../../ml-function.js';

export const invokeModelSignature: MlFunction = {
  qualifiedName: 'aws_bedrock.invoke_model',
  schema: 'aws_bedrock',
  name: 'invoke_model',
  service: 'bedrock',
  parameters: [
    { name: 'model_id', type: 'varchar' },
    { name: 'content_type', type: 'text' },
    { name: 'accept_type', type: 'text' },
    { name: 'model_input', type: 'text' },
  ],
  results: [{ name: 'model_output', type: 'varchar' }],
  targetPosition: 0,
  since: '2.0',
  maxRowsPerRequest: 1,
  telemetry: { service: 'BedrockRuntime', generativeOperation: 'text_completion' },
};
