import type { MlFunctionDefinition } from '../definition.js';
import { detectSentimentSignature } from './signature.js';

export const detectSentiment: MlFunctionDefinition = {
  signature: detectSentimentSignature,
  nulls: { nullResult: [0], required: [[1, 'language_code']] },
  serviceName: 'Amazon Comprehend',
  target: { kind: 'language', pattern: /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/ },
  actions: 'comprehend:DetectSentiment and comprehend:BatchDetectSentiment',
};
