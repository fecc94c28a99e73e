/** The services that answer inferences: a cassette can stand for them. */
export const INFERENCE_SERVICES = ['comprehend', 'sagemaker', 'bedrock'] as const;
export type InferenceService = (typeof INFERENCE_SERVICES)[number];

/** All services, by the names the options, the faults and the request log use; `sagemaker` is SageMaker Runtime. */
export const SERVICE_NAMES = [...INFERENCE_SERVICES, 's3', 'sagemaker-control'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The AWS SDKs' environment variables for the endpoint URLs. */
export const ENDPOINT_VARIABLES: Readonly<Record<ServiceName, string>> = {
  comprehend: 'AWS_ENDPOINT_URL_COMPREHEND',
  sagemaker: 'AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME',
  bedrock: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  s3: 'AWS_ENDPOINT_URL_S3',
  'sagemaker-control': 'AWS_ENDPOINT_URL_SAGEMAKER',
};

/** The access key that local services give out: it opens nothing. */
export const LOCAL_ACCESS_KEY = 'local';
