import { AwsError } from './aws-error.js';

/** Largest request body of InvokeModel, in bytes. */
export const MAX_MODEL_BODY_BYTES = 25_000_000;

export const validationException = (message: string) => new AwsError('ValidationException', 400, message);

export const unknownModel = () => validationException('The provided model identifier is invalid.');

export type ModelRefusal = 'on-demand' | 'access' | 'tokens' | 'end-of-life';

/** Amazon Bedrock User Guide, "Troubleshooting Amazon Bedrock API Error Codes", and what the service is seen to say. */
export const refusals: Readonly<Record<ModelRefusal, (modelId: string) => AwsError>> = {
  'on-demand': (modelId) =>
    validationException(
      `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    ),
  access: () =>
    new AwsError('AccessDeniedException', 403, "You don't have access to the model with the specified model ID."),
  tokens: () =>
    validationException(
      '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000 ',
    ),
  'end-of-life': () =>
    new AwsError(
      'ResourceNotFoundException',
      404,
      'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
    ),
};

/** The error for a body that the model's schema refuses; `violations` say what is missing, never what was sent. */
export function malformedInput(...violations: readonly string[]): AwsError {
  const details = violations.length === 0 ? '' : `: ${violations.map((violation) => `#: ${violation}`).join('')}`;
  return validationException(`Malformed input request${details}, please reformat your input and try again.`);
}
