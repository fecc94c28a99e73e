import type { MlFunction } from '../../ml-function.js';

export const detectSentimentSignature: MlFunction = {
  qualifiedName: 'aws_comprehend.detect_sentiment',
  schema: 'aws_comprehend',
  name: 'detect_sentiment',
  service: 'comprehend',
  parameters: [
    { name: 'input_text', type: 'varchar' },
    { name: 'language_code', type: 'varchar' },
    { name: 'max_rows_per_batch', type: 'int4', default: 'NULL' },
  ],
  results: [
    { name: 'sentiment', type: 'varchar' },
    { name: 'confidence', type: 'float4' },
  ],
  targetPosition: 1,
  since: '1.0',
  maxRowsPerRequest: 25,
  telemetry: { service: 'Comprehend' },
};
