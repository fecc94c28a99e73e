import type { AwsMlError } from '../errors.js';
import type { MlFunctionName } from '../ml-functions.js';
import type { InvokeOptions, MlTarget } from '../ml-service.js';
import type { HttpAnswer } from '../transport/http-agent.js';
import type { BedrockModule, BedrockSdk } from './sdk-clients.js';
import { sendRequest } from './send-request.js';
import { type FailureContext, failure } from './service-failure.js';
import { textOf } from './text-of.js';

export interface InvokeModelRequest {
  readonly body: string;
  readonly contentType: string | null;
  readonly accept: string | null;
}

export interface InvokeModelAnswer {
  readonly text: string;
  readonly requestId: string | undefined;
}

/** Sends one InvokeModel. A NULL content type or accept is left to Bedrock's default, application/json. */
export async function sendInvokeModel(
  bedrock: BedrockSdk,
  request: InvokeModelRequest,
  context: FailureContext,
  options: InvokeOptions,
): Promise<InvokeModelAnswer | AwsMlError> {
  const input = {
    modelId: context.target.name,
    body: Buffer.from(request.body),
    ...(request.contentType !== null && { contentType: request.contentType }),
    ...(request.accept !== null && { accept: request.accept }),
  };
  const sent = {
    key: JSON.stringify([input.modelId, request.contentType, request.accept]),
    input,
    command: (sdk: BedrockModule) => new sdk.InvokeModelCommand(input),
    body: input.body,
    read: ({ body }: HttpAnswer) => ({ body }),
  };
  const { output, error } = await sendRequest(bedrock, sent, context, options);
  if (error !== undefined) return error;
  return { text: textOf(output.body), requestId: output.$metadata.requestId };
}

/** Bedrock refuses an empty body. */
export function refuseEmptyBody(functionName: MlFunctionName, input: string, target: MlTarget): AwsMlError | undefined {
  if (input !== '') return undefined;
  const facts = { awsErrorCode: 'ValidationException', facts: 'The model input is empty.' };
  return failure('INVALID_INPUT', { function: functionName, target }, facts);
}
