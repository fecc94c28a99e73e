import type { FailedAttempt, RequestReport } from '../observer.js';
import { classifyFailure, isThrottling } from './classify-failure.js';
import type { MiddlewareArguments, MiddlewareResult, MiddlewareStack } from './sdk-command.js';

/** The HTTP requests that one request of the SDK has made so far. */
export interface Attempts {
  attempts: number;
  throttles: number;
  /** Whether throttled attempts are not for the SDK to repeat: they end as a ThrottledAttempt. */
  leaveThrottles: boolean;
  server: RequestReport['server'];
  /** The latest attempt, if it failed in a way that the SDK may repeat. */
  failed: FailedAttempt | undefined;
  /** Called when another attempt follows on one that has failed. */
  onRetry: ((failed: FailedAttempt) => void) | undefined;
}

/** Carries the error of a throttled attempt past the SDK's retries, which take it for final. */
export class ThrottledAttempt extends Error {
  readonly error: unknown;

  constructor(error: unknown) {
    super('throttled');
    this.error = error;
  }
}

/** By the command's input: the one object that is the same for the caller and for every middleware. */
const attemptsByInput = new WeakMap<object, Attempts>();

export function attemptsOf(commandInput: object): Attempts {
  let attempts = attemptsByInput.get(commandInput);
  if (attempts === undefined) {
    attempts = {
      attempts: 0,
      throttles: 0,
      leaveThrottles: false,
      server: undefined,
      failed: undefined,
      onRetry: undefined,
    };
    attemptsByInput.set(commandInput, attempts);
  }
  return attempts;
}

/**
 * Makes a client count its attempts: `$metadata` doesn't say how many of them were throttled, or anything of aborts.
 * Also makes it try again when an answer ends early, which its HTTP/2 handler takes for a complete one.
 */
export function observeAttempts(client: object): void {
  const { middlewareStack } = client as { middlewareStack?: MiddlewareStack };
  middlewareStack?.add(
    (next) => async (args) => {
      const counter = attemptsOf(args.input);
      counter.server ??= serverOf(args);
      if (counter.failed !== undefined) counter.onRetry?.(counter.failed);
      counter.failed = undefined;
      counter.attempts += 1;
      try {
        const result = await next(args);
        if (isTruncated(result)) throw truncatedAnswer();
        return result;
      } catch (error) {
        const throttled = isThrottling(error);
        if (throttled) counter.throttles += 1;
        if (throttled && counter.leaveThrottles) throw new ThrottledAttempt(error);
        counter.failed = { code: classifyFailure(error).code, attempts: counter.attempts };
        throw error;
      }
    },
    // After the retry middleware, so that it runs once an attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'awsMlObserveAttempts', override: true },
  );
}

function serverOf({ request }: MiddlewareArguments): Attempts['server'] {
  const { hostname, port } = request as { hostname?: string; port?: number };
  return hostname === undefined ? undefined : { address: hostname, port };
}

function isTruncated({ response, output }: MiddlewareResult): boolean {
  const { headers } = response as { headers?: Record<string, string> };
  const body = (output as { body?: unknown }).body;
  const announced = headers?.['content-length'];
  return announced !== undefined && body instanceof Uint8Array && body.byteLength !== Number(announced);
}

/** Looks to the SDK like the broken connection that it is, so that it is retried. */
function truncatedAnswer(): Error {
  return Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' });
}
