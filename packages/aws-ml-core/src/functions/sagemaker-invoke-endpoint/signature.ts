import type { MlFunction } from '../../ml-function.js';

export const invokeEndpointSignature: MlFunction = {
  qualifiedName: 'aws_sagemaker.invoke_endpoint',
  schema: 'aws_sagemaker',
  name: 'invoke_endpoint',
  service: 'sagemaker',
  parameters: [
    { name: 'endpoint_name', type: 'varchar' },
    { name: 'max_rows_per_batch', type: 'int4' },
    { name: 'model_input', type: 'any', variadic: true },
  ],
  results: [{ name: 'model_output', type: 'varchar' }],
  targetPosition: 0,
  since: '1.0',
  maxRowsPerRequest: Number.POSITIVE_INFINITY,
  telemetry: { service: 'SageMakerRuntime' },
};
