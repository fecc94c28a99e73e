import type { AwsMlError } from '../errors.js';
import type { InvokeOptions } from '../ml-service.js';
import type { MlOperation, RequestFacts, RequestReport } from '../observer.js';
import { attemptsOf, ThrottledAttempt } from '../transport/attempt-observer.js';
import { safeRequestId } from '../transport/safe-names.js';
import type { Metadata, Operation, SdkSender } from '../transport/sdk-sender.js';
import { safeTargetName } from './safe-target.js';
import { type FailureContext, failure, failureOfSdk } from './service-failure.js';

/** Tells a request's answer from its failure without a throw: a batch with an error is nothing exceptional. */
export type RequestOutcome<Output> =
  | { readonly output: Output; readonly error?: never }
  | { readonly error: AwsMlError; readonly output?: never };

/** The module of a service's SDK and what sends its requests. */
interface Sdk<Module> {
  get(): Promise<{ readonly sdk: Module; readonly sender: SdkSender }>;
}

export interface SentRequest<Module, Output extends object> extends Omit<Operation<Output>, 'command'> {
  readonly operation: MlOperation;
  readonly inputs: number;
  readonly command: (sdk: Module) => object;
  /** Whether inputs of an earlier request of the batch are sent again. */
  readonly resend?: boolean;
}

/** Sends one request of the SDK, reports it, and turns whatever is thrown into an AwsMlError. */
export async function sendRequest<Module, Output extends object>(
  lazySdk: Sdk<Module>,
  request: SentRequest<Module, Output>,
  context: FailureContext,
  options: InvokeOptions,
): Promise<RequestOutcome<Output & Metadata>> {
  if (options.signal?.aborted) return { error: failure('ABORTED', context) };
  const started = performance.now();
  const facts = factsOf(request, context);
  const observer = options.observer?.request?.(facts);
  const attempts = attemptsOf(request.input);
  attempts.leaveThrottles = options.flow !== undefined;
  attempts.onRetry = (failed) => observer?.retried?.(failed);
  let region: string | undefined;
  const send = async (): Promise<RequestOutcome<Output & Metadata>> => {
    try {
      const { sdk, sender } = await lazySdk.get();
      region = await sender.region();
      return await sendUnthrottled(sender, { ...request, command: () => request.command(sdk) }, options);
    } catch (thrown) {
      return { error: failureOfSdk(thrown, context, attempts.attempts, { region, server: attempts.server }) };
    }
  };
  const outcome = await (observer?.within === undefined ? send() : observer.within(send));
  observer?.ended?.({
    ...facts,
    attempts: attempts.attempts,
    throttles: attempts.throttles,
    durationMs: performance.now() - started,
    region,
    server: attempts.server,
    ...answerFacts(outcome),
  });
  return outcome;
}

function factsOf(
  { operation, inputs, body, resend = false }: SentRequest<never, object>,
  context: FailureContext,
): RequestFacts {
  const { function: name, target } = context;
  const targetName = safeTargetName(name, target.name);
  return { function: name, operation, target: targetName, inputs, bytes: body.byteLength, resend };
}

type AnswerFacts = Pick<RequestReport, 'errorCode' | 'awsErrorCode' | 'httpStatus' | 'requestId'>;

function answerFacts({ output, error }: RequestOutcome<Metadata>): AnswerFacts {
  if (error !== undefined) {
    const { code: errorCode, awsErrorCode, httpStatus, requestId } = error;
    return { errorCode, awsErrorCode, httpStatus, requestId };
  }
  const { httpStatusCode: httpStatus, requestId } = output.$metadata;
  return { errorCode: undefined, awsErrorCode: undefined, httpStatus, requestId: safeRequestId(requestId) };
}

/** Sends again what was throttled, for as long as the flow allows it. */
async function sendUnthrottled<Output extends object>(
  sender: SdkSender,
  operation: Operation<Output>,
  { flow, signal }: InvokeOptions,
): Promise<{ readonly output: Output & Metadata }> {
  const attempts = attemptsOf(operation.input);
  for (;;) {
    const started = performance.now();
    try {
      const output = await sender.send(operation, signal === undefined ? {} : { abortSignal: signal });
      flow?.answered(performance.now() - started);
      return { output };
    } catch (thrown) {
      if (!(thrown instanceof ThrottledAttempt)) {
        if (!signal?.aborted) flow?.answered(performance.now() - started);
        throw thrown;
      }
      const again = await flow?.throttled();
      if (again !== true || signal?.aborted) throw thrown.error;
      attempts.onRetry?.({ code: 'THROTTLED', attempts: attempts.attempts });
    }
  }
}
