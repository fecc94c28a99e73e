import { AwsMlError } from '../errors.js';
import type { MlService } from '../ml-service.js';
import { refuseEmptyBody, sendInvokeModel } from './bedrock-request.js';
import { checkBatch } from './check-batch.js';
import type { BedrockSdk } from './sdk-clients.js';

const functionName = 'aws_bedrock.invoke_model';

/**
 * `aws_bedrock.invoke_model`: one InvokeModel for each input, with the call's content type and accept.
 * Result: the answer's body as text, unchanged. Source: Amazon Bedrock API Reference.
 */
export function bedrockInvokeModel(bedrock: BedrockSdk): MlService {
  return {
    function: functionName,
    concurrencyScope: 'target',
    targetPositions: [0, 1, 2],
    maxInputsPerRequest: 1,
    maxBytesPerRequest: Number.POSITIVE_INFINITY,
    encodeInput: (callArguments) => callArguments[3] ?? '',
    refuse: (input, target) => refuseEmptyBody(functionName, input, target),
    async invokeBatch(inputs, options) {
      checkBatch(inputs, options, this);
      const [, contentType = null, accept = null] = options.target.arguments;
      const context = { function: functionName, target: options.target } as const;
      const answer = await sendInvokeModel(
        bedrock,
        { body: inputs[0] as string, contentType, accept },
        context,
        options,
      );
      return [answer instanceof AwsMlError ? answer : [answer.text]];
    },
    close: () => bedrock.close(),
  };
}
