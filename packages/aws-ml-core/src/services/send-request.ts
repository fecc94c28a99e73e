import type { AwsMlError } from '../errors.js';
import type { InvokeOptions } from '../ml-service.js';
import { attemptsOf } from './attempt-observer.js';
import { type FailureContext, failure, failureOfSdk } from './service-failure.js';

/** Tells a request's answer from its failure without a throw: a batch with an error is nothing exceptional. */
export type RequestOutcome<Output> =
  | { readonly output: Output; readonly error?: never }
  | { readonly error: AwsMlError; readonly output?: never };

export interface SentRequest<Input extends object, Output> {
  readonly input: Input;
  readonly send: (input: Input, options: { abortSignal?: AbortSignal }) => Promise<Output>;
  readonly resend?: boolean;
}

/** Sends one request of the SDK, reports it, and turns whatever is thrown into an AwsMlError. */
export async function sendRequest<Input extends object, Output>(
  request: SentRequest<Input, Output>,
  context: FailureContext,
  options: InvokeOptions,
): Promise<RequestOutcome<Output>> {
  const { signal } = options;
  if (signal?.aborted) return { error: failure('ABORTED', context) };
  const started = performance.now();
  const attempts = attemptsOf(request.input);
  try {
    const output = await request.send(request.input, signal === undefined ? {} : { abortSignal: signal });
    return { output };
  } catch (thrown) {
    return { error: failureOfSdk(thrown, context, attempts.attempts) };
  } finally {
    // No attempt: credentials or endpoint could not be resolved, nothing was sent.
    if (attempts.attempts > 0) {
      options.onRequest?.({ ...attempts, resend: request.resend ?? false, durationMs: performance.now() - started });
    }
  }
}
