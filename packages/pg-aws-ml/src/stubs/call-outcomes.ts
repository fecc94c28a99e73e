import type { Invocation, MlCall, StatementInvocations } from 'aws-ml-core';
import type { CallOutcome } from './replay-results.js';
import { resultKey } from './result-key.js';
import { serverMessage } from './server-message.js';

/** The outcomes of a statement's calls that are known so far. */
export class CallOutcomes {
  readonly #known = new Map<string, CallOutcome>();

  get size(): number {
    return this.#known.size;
  }

  /** By `resultKey`. */
  all(): ReadonlyMap<string, CallOutcome> {
    return this.#known;
  }

  /** Takes over what has been invoked, by the keys of the calls; a call that was never answered stays unknown. */
  add(invoked: Iterable<readonly [key: string, Invocation]>): void {
    for (const [key, { result, error }] of invoked) {
      if (result !== undefined) this.#known.set(key, { result });
      else if (error !== undefined && error.code !== 'ABORTED') this.#known.set(key, { error: serverMessage(error) });
    }
  }

  /** Invokes the services for these calls, in batches. */
  async invoke(calls: readonly MlCall[], invocations: StatementInvocations): Promise<void> {
    const invoked = calls.map((call) => [keyOf(call), invocations.enqueue(call)] as const);
    invocations.flush();
    await invocations.settled(invoked.map(([, invocation]) => invocation));
    this.add(invoked);
  }

  /** The outcome of one call, from its service where it isn't known; an error too where the statement was aborted. */
  async outcomeOf(call: MlCall, invocations: StatementInvocations): Promise<CallOutcome> {
    const known = this.#known.get(keyOf(call));
    if (known !== undefined) return known;
    const invocation = invocations.enqueue(call);
    invocations.flush();
    await invocations.settled([invocation]);
    if (invocation.result !== undefined) return { result: invocation.result };
    if (invocation.error === undefined) throw new Error('a settled invocation has an outcome');
    return { error: serverMessage(invocation.error) };
  }

  /** One input a request, in order. */
  async invokeOneByOne(calls: readonly MlCall[], invocations: StatementInvocations): Promise<void> {
    for (const call of calls) await this.invoke([call], invocations);
  }
}

/** Stands for a call and is shorter than its texts. */
export const keyOf = (call: MlCall): string => resultKey(call.function, call.arguments);
