import type { MlFunctionDefinition } from '../definition.js';
import { invokeModelSignature } from './signature.js';

export const invokeModel: MlFunctionDefinition = {
  signature: invokeModelSignature,
  nulls: { nullResult: [0, 3], required: [] },
  serviceName: 'Amazon Bedrock',
  target: { kind: 'model', pattern: /^[a-zA-Z0-9][\w.:/-]{0,2047}$/ },
  actions: 'bedrock:InvokeModel',
};
