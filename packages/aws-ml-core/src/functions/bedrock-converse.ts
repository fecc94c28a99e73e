import type { AwsMlError } from '../errors.js';
import type { InvokeOptions } from '../ml-service.js';
import type { HttpAnswer } from '../transport/http-agent.js';
import type { BedrockModule, BedrockSdk } from '../transport/sdk-clients.js';
import { answerText } from './answer-text.js';
import type { InvokeModelAnswer } from './bedrock-request.js';
import { sendRequest } from './send-request.js';
import { type FailureContext, failure } from './service-failure.js';

/** An answer as the SDK gives it, where the SDK has read it; else its body as it came. */
interface ConverseOutput {
  readonly body?: Uint8Array;
  readonly output?: unknown;
  readonly stopReason?: unknown;
  readonly usage?: unknown;
  readonly metrics?: unknown;
  readonly additionalModelResponseFields?: unknown;
}

/** Sends one Converse. @param body what it takes beside the model, as JSON */
export async function sendConverse(
  bedrock: BedrockSdk,
  body: string,
  context: FailureContext,
  options: InvokeOptions,
): Promise<InvokeModelAnswer | AwsMlError> {
  const asked = readObject(body);
  if (asked === undefined)
    return failure('INVALID_INPUT', context, { facts: 'The input of Converse is not a JSON object.' });
  const input = { ...asked, modelId: context.target.name };
  const sent = {
    key: `converse ${input.modelId}`,
    operation: 'Converse' as const,
    inputs: 1,
    input,
    command: (sdk: BedrockModule) => new sdk.ConverseCommand(input as never),
    body: Buffer.from(body),
    read: ({ body: answer }: HttpAnswer): ConverseOutput => ({ body: answer }),
  };
  const { output, error } = await sendRequest(bedrock, sent, context, options);
  if (error !== undefined) return error;
  const { $metadata, ...answer } = output;
  const { requestId } = $metadata;
  if (answer.body === undefined) return { text: JSON.stringify(answer), requestId };
  const { text, problem } = answerText(answer.body, 'application/json');
  return text === undefined ? failure('INVALID_RESPONSE', context, { requestId, facts: problem }) : { text, requestId };
}

function readObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
