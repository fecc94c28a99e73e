import type { MlService } from '../../ml-service.js';
import type { BedrockSdk } from '../../transport/sdk-clients.js';
import { bedrockService } from '../bedrock-request.js';
import { invokeModelSignature } from './signature.js';

/**
 * `aws_bedrock.invoke_model`: one InvokeModel for each input, with the call's content type and accept.
 * Result: the answer's body as text, unchanged. Source: Amazon Bedrock API Reference.
 */
export const bedrockInvokeModel = (bedrock: BedrockSdk): MlService =>
  bedrockService(bedrock, {
    signature: invokeModelSignature,
    acceptOf: (accept) => accept,
    outcomeOf: ({ text }) => [text],
  });
