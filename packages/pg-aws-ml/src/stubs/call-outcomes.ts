import type { AwsMlError, Invocation, MlCall, StatementInvocations } from 'aws-ml-core';
import { describeRaised, type RaisedError, refusedByFunction } from './failed-call.js';
import type { CallOutcome } from './replay-results.js';
import { resultKey } from './result-key.js';
import { isSame, type ServerMessage, serverMessage } from './server-message.js';

/** The outcomes of a statement's calls that are known so far. */
export class CallOutcomes {
  readonly #known = new Map<string, CallOutcome>();
  /** Failures that answer one evaluation each; the last is the one that ends the statement, if any does. */
  #latestFailures: ServerMessage[] = [];

  get size(): number {
    return this.#known.size;
  }

  /** By `resultKey`. */
  all(): ReadonlyMap<string, CallOutcome> {
    return this.#known;
  }

  /** Takes over what has been invoked, by the keys of the calls; a call that was never answered stays unknown. */
  add(invoked: Iterable<readonly [key: string, Invocation]>): void {
    for (const [key, invocation] of invoked) {
      const outcome = invocation.error?.code === 'ABORTED' ? undefined : outcomeOf(invocation);
      if (outcome !== undefined) this.#known.set(key, outcome);
    }
  }

  /** Whether any call has failed that might not fail the next time. */
  get mayChange(): boolean {
    for (const { mayChange } of this.#known.values()) if (mayChange) return true;
    return false;
  }

  /** Whether the call has failed, and might not the next time. */
  mayChangeFor(call: MlCall): boolean {
    return this.#known.get(keyOf(call))?.mayChange === true;
  }

  /** Invokes the services for these calls, in batches. */
  async invoke(calls: readonly MlCall[], invocations: StatementInvocations): Promise<void> {
    const invoked = calls.map((call) => [keyOf(call), invocations.enqueue(call)] as const);
    invocations.flush();
    await invocations.settled(invoked.map(([, invocation]) => invocation));
    this.add(invoked);
  }

  /**
   * The outcome of one evaluation of a call, from its service where it isn't known; an error too where the statement was
   * aborted. A failure answers one evaluation: the next one asks the service again, as it does natively.
   */
  async outcomeOf(call: MlCall, invocations: StatementInvocations): Promise<CallOutcome> {
    const key = keyOf(call);
    const known = this.#known.get(key);
    if (known?.mayChange) this.#known.delete(key);
    if (known !== undefined) return known;
    const invocation = invocations.retry(call);
    invocations.flush();
    await invocations.settled([invocation]);
    const outcome = outcomeOf(invocation);
    if (outcome === undefined) throw new Error('a settled invocation has an outcome');
    if ('error' in outcome) this.#latestFailures = [outcome.error, ...this.#latestFailures.slice(0, 9)];
    return outcome;
  }

  /** Completes an error of the server with what is known of the failed call that it was raised for, if it was. */
  describe(error: unknown): void {
    if (typeof error !== 'object' || error === null || 'awsMl' in error) return;
    const raised = error as RaisedError;
    const failure = this.#raisedFor(raised)?.awsMl ?? refusedByFunction(raised);
    if (failure !== undefined) describeRaised(raised, failure);
  }

  #raisedFor(raised: RaisedError): ServerMessage | undefined {
    const latest = this.#latestFailures.find((failure) => isSame(raised, failure));
    if (latest !== undefined) return latest;
    for (const outcome of this.#known.values()) {
      if ('error' in outcome && isSame(raised, outcome.error)) return outcome.error;
    }
    return undefined;
  }

  /** One input a request, in order. */
  async invokeOneByOne(calls: readonly MlCall[], invocations: StatementInvocations): Promise<void> {
    for (const call of calls) await this.invoke([call], invocations);
  }
}

function outcomeOf({ result, error, failed }: Invocation): CallOutcome | undefined {
  if (result !== undefined) return { result, ...(failed ? { mayChange: true } : {}) };
  if (error !== undefined) return { error: serverMessage(error), mayChange: !isCertain(error) };
  return undefined;
}

/** Whether the same call fails again whatever its service does: nothing was sent, for what the call itself is. */
const isCertain = ({ attempts, retryable, code }: AwsMlError): boolean =>
  attempts === 0 && !retryable && code !== 'CREDENTIALS';

/** Stands for a call and is shorter than its texts. */
export const keyOf = (call: MlCall): string => resultKey(call.function, call.arguments);
