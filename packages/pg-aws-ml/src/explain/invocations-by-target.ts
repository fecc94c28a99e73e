import type { AwsMlError, FunctionStats, Invocation, MlCall, MlFunctionName, StatementInvocations } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';
import { keyOf } from '../stubs/call-outcomes.js';

/** What was invoked of one endpoint, model or language. */
export interface TargetStats {
  readonly function: MlFunctionName;
  readonly name: string | null;
  readonly stats: FunctionStats;
}

interface Target {
  readonly function: MlFunctionName;
  readonly name: string | null;
  readonly invocations: StatementInvocations;
}

/**
 * The invocations of a statement that is explained: counts for each target apart, and remembers what came of each call.
 * No batch has inputs of two targets, so the requests are the same.
 */
export class InvocationsByTarget implements StatementInvocations {
  readonly #open: () => StatementInvocations;
  readonly #rowMode: boolean;
  readonly #targets = new Map<string, Target>();
  readonly #calls = new Map<Invocation, readonly [Target, key: string]>();

  /** @param rowMode whether each input travels alone */
  constructor(open: () => StatementInvocations, rowMode: boolean) {
    this.#open = open;
    this.#rowMode = rowMode;
  }

  enqueue(call: MlCall): Invocation {
    return this.#add(call, (invocations, one) => invocations.enqueue(one));
  }

  retry(call: MlCall): Invocation {
    return this.#add(call, (invocations, one) => invocations.retry(one));
  }

  #add(call: MlCall, add: (invocations: StatementInvocations, call: MlCall) => Invocation): Invocation {
    const target = this.#targetOf(call);
    const invocation = add(target.invocations, this.#rowMode ? { ...call, maxRowsPerBatch: 1 } : call);
    if (!this.#calls.has(invocation)) this.#calls.set(invocation, [target, keyOf(call)]);
    return invocation;
  }

  flush(waitedFor?: Iterable<Invocation>): void {
    if (waitedFor === undefined) for (const t of this.#targets.values()) t.invocations.flush();
    else for (const [target, invocations] of this.#byTarget(waitedFor)) target.invocations.flush(invocations);
  }

  waitsForInput(invocations: Iterable<Invocation>): boolean {
    return [...this.#byTarget(invocations)].some(([target, own]) => target.invocations.waitsForInput(own));
  }

  async settled(invocations: Iterable<Invocation>): Promise<void> {
    await Promise.all([...this.#byTarget(invocations)].map(([target, own]) => target.invocations.settled(own)));
  }

  get pendingInputs(): number {
    return this.#sum((i) => i.pendingInputs);
  }

  get batchesInFlight(): number {
    return this.#sum((i) => i.batchesInFlight);
  }

  stats(): FunctionStats[] {
    return this.targets().map((t) => t.stats);
  }

  firstError(): AwsMlError | undefined {
    for (const { invocations } of this.#targets.values()) {
      const error = invocations.firstError();
      if (error !== undefined) return error;
    }
    return undefined;
  }

  close(): void {
    for (const { invocations } of this.#targets.values()) invocations.close();
  }

  targets(): TargetStats[] {
    return [...this.#targets.values()].flatMap(({ function: functionName, name, invocations }) =>
      invocations.stats().map((stats) => ({ function: functionName, name, stats })),
    );
  }

  /** Every call that was asked for, by its key. */
  *calls(): Generator<readonly [key: string, Invocation]> {
    for (const [invocation, [, key]] of this.#calls) yield [key, invocation];
  }

  #targetOf(call: MlCall): Target {
    const name = call.arguments[mlFunctionsByName.get(call.function)?.targetPosition ?? 0] ?? null;
    const key = JSON.stringify([call.function, name]);
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const target = { function: call.function, name, invocations: this.#open() };
    this.#targets.set(key, target);
    return target;
  }

  #byTarget(invocations: Iterable<Invocation>): Map<Target, Invocation[]> {
    const groups = new Map<Target, Invocation[]>();
    for (const invocation of invocations) {
      const target = this.#calls.get(invocation)?.[0];
      if (target === undefined) continue;
      const group = groups.get(target);
      if (group === undefined) groups.set(target, [invocation]);
      else group.push(invocation);
    }
    return groups;
  }

  #sum(count: (invocations: StatementInvocations) => number): number {
    let sum = 0;
    for (const { invocations } of this.#targets.values()) sum += count(invocations);
    return sum;
  }
}
