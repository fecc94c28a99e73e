import type { AwsMlError } from '../errors.js';
import type { InvokeOptions } from '../ml-service.js';
import type { Metadata, Operation, SdkSender } from '../transport/sdk-sender.js';
import { attemptsOf, ThrottledAttempt } from './attempt-observer.js';
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
  const { signal } = options;
  if (signal?.aborted) return { error: failure('ABORTED', context) };
  const started = performance.now();
  const attempts = attemptsOf(request.input);
  attempts.leaveThrottles = options.flow !== undefined;
  try {
    const { sdk, sender } = await lazySdk.get();
    const operation = { ...request, command: () => request.command(sdk) };
    return await sendUnthrottled(
      () => sender.send(operation, signal === undefined ? {} : { abortSignal: signal }),
      options,
    );
  } catch (thrown) {
    return { error: failureOfSdk(thrown, context, attempts.attempts) };
  } finally {
    // No attempt: credentials or endpoint could not be resolved, nothing was sent.
    if (attempts.attempts > 0) {
      const { attempts: count, throttles } = attempts;
      const durationMs = performance.now() - started;
      options.onRequest?.({ attempts: count, throttles, resend: request.resend ?? false, durationMs });
    }
  }
}

/** Sends again what was throttled, for as long as the flow allows it. */
async function sendUnthrottled<Output>(
  send: () => Promise<Output>,
  { flow, signal }: InvokeOptions,
): Promise<{ readonly output: Output }> {
  for (;;) {
    const started = performance.now();
    try {
      const output = await send();
      flow?.answered(performance.now() - started);
      return { output };
    } catch (thrown) {
      if (!(thrown instanceof ThrottledAttempt)) {
        if (!signal?.aborted) flow?.answered(performance.now() - started);
        throw thrown;
      }
      const again = await flow?.throttled();
      if (again !== true || signal?.aborted) throw thrown.error;
    }
  }
}
