import type { AwsMlError } from '../../errors.js';
import type { InvokeOptions, InvokeOutcome, MlService } from '../../ml-service.js';
import type { HttpAnswer } from '../../transport/http-agent.js';
import type { SageMakerModule, SageMakerSdk } from '../../transport/sdk-clients.js';
import { answerText } from '../answer-text.js';
import { bisectTooLarge } from '../bisect.js';
import { checkBatch } from '../check-batch.js';
import { sendRequest } from '../send-request.js';
import { argumentOf, type FailureContext, failure } from '../service-failure.js';
import { csvRow } from './csv-row.js';
import { readEndpointAnswer } from './endpoint-answer.js';
import { invokeEndpointSignature } from './signature.js';

const functionName = 'aws_sagemaker.invoke_endpoint';
const maxBodyBytes = 6 * 1024 * 1024;

/**
 * `aws_sagemaker.invoke_endpoint`: InvokeEndpoint with a CSV row for each input.
 * Result: the endpoint's output for the row. Source: Amazon SageMaker Runtime API Reference.
 */
export function sagemakerInvokeEndpoint(sagemaker: SageMakerSdk): MlService {
  return {
    function: functionName,
    concurrencyScope: 'target',
    targetPositions: [invokeEndpointSignature.targetPosition],
    maxInputsPerRequest: invokeEndpointSignature.maxRowsPerRequest,
    maxBytesPerRequest: maxBodyBytes,
    encodeInput: (callArguments) => csvRow(callArguments.slice(1)),
    refuse(input, target, call) {
      if (input.length * 3 <= maxBodyBytes) return undefined;
      const bytes = Buffer.byteLength(input);
      if (bytes <= maxBodyBytes) return undefined;
      const facts = `${argumentOf('model_input', call)} has ${bytes} bytes as CSV; a request can carry ${maxBodyBytes}.`;
      return failure('PAYLOAD_TOO_LARGE', { function: functionName, target }, { facts });
    },
    async invokeBatch(inputs, options) {
      checkBatch(inputs, options, this);
      return bisectTooLarge(inputs, (part) => invokeEndpoint(sagemaker, part, options));
    },
    close: () => sagemaker.close(),
  };
}

async function invokeEndpoint(
  sagemaker: SageMakerSdk,
  rows: readonly string[],
  options: InvokeOptions,
): Promise<InvokeOutcome[] | AwsMlError> {
  const context: FailureContext = { function: functionName, target: options.target };
  const input = {
    EndpointName: options.target.name,
    ContentType: 'text/csv',
    Accept: 'text/csv',
    Body: Buffer.from(rows.join('\n')),
  };
  const request = {
    key: options.target.name,
    operation: 'InvokeEndpoint' as const,
    inputs: rows.length,
    input,
    command: (sdk: SageMakerModule) => new sdk.InvokeEndpointCommand(input),
    body: input.Body,
    read: ({ body, headers }: HttpAnswer) => ({ Body: body, ContentType: headers['content-type'] }),
  };
  const { output, error } = await sendRequest(sagemaker, request, context, options);
  if (error !== undefined) return error;
  const { text, problem } = answerText(output.Body, output.ContentType);
  const answer = text === undefined ? { problem } : readEndpointAnswer(text, output.ContentType, rows.length);
  if ('problem' in answer) {
    return failure('INVALID_RESPONSE', context, { requestId: output.$metadata.requestId, facts: answer.problem });
  }
  return answer.outputs.map((value) => [value]);
}
