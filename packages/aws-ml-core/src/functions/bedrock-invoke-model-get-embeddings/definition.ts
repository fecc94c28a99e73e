import type { MlFunctionDefinition } from '../definition.js';
import { invokeModelGetEmbeddingsSignature } from './signature.js';

export const invokeModelGetEmbeddings: MlFunctionDefinition = {
  signature: invokeModelGetEmbeddingsSignature,
  nulls: { nullResult: [0, 3], required: [[2, 'json_key']] },
  serviceName: 'Amazon Bedrock',
  target: { kind: 'model', pattern: /^[a-zA-Z0-9][\w.:/-]{0,2047}$/ },
  actions: 'bedrock:InvokeModel',
};
