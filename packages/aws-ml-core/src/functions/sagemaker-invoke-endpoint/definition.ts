import type { MlFunctionDefinition } from '../definition.js';
import { invokeEndpointSignature } from './signature.js';

export const invokeEndpoint: MlFunctionDefinition = {
  signature: invokeEndpointSignature,
  nulls: { nullResult: [], required: [[0, 'endpoint_name']] },
  serviceName: 'Amazon SageMaker',
  target: { kind: 'endpoint', pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/ },
  actions: 'sagemaker:InvokeEndpoint',
};
