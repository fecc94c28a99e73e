import { AsyncResource } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { BudgetGate } from '../budget/budget-gate.js';
import { costOfInputs } from '../budget/prices.js';
import type { AwsMlError } from '../errors.js';
import type { MlServices } from '../functions/create-services.js';
import { safeTargetName } from '../functions/safe-target.js';
import { failure } from '../functions/service-failure.js';
import { type Batch, BatchWaiter, type Invocation, isResult, type PendingInvocation } from '../invocations/batch.js';
import type { MlCall, MlResult } from '../ml-call.js';
import type { InvokeOutcome, MlService, RequestFlow } from '../ml-service.js';
import { observeTogether, type StatementObserver } from '../observer.js';
import type { PriceTable } from '../options/budget-options.js';
import type { OnError } from '../options/shared-options.js';
import type { SharedResults } from '../sharing/shared-results.js';
import type { StatementInvocations, StatementOptions } from '../statement-invocations.js';
import { type FunctionStats, StatsCollector } from '../stats/function-stats.js';
import type { ConcurrencyLanes } from './concurrency-lanes.js';
import { FollowingBatches } from './following-batches.js';
import { invokeGuarded } from './invoke-guarded.js';
import { nullResult } from './null-result.js';
import { TargetBatcher } from './target-batcher.js';
import { TargetIndex, targetKey } from './target-index.js';
import { LookUp, type TargetLookUps } from './target-look-ups.js';

/** What statements share. */
export interface StatementEnvironment {
  readonly services: MlServices;
  readonly lanes: ConcurrencyLanes;
  readonly totals: StatsCollector;
  readonly dedupMemoryBytes: number;
  readonly shared: SharedResults;
  /** The statement's own and the shared one; undefined where nothing is bounded. */
  readonly budget: BudgetGate | undefined;
  readonly prices: PriceTable;
  readonly onClose: (statement: StatementBatcher) => void;
}

/** Packs a statement's calls into batches and invokes the services. */
export class StatementBatcher implements StatementInvocations {
  readonly #environment: StatementEnvironment;
  readonly #onError: OnError;
  readonly #isolateErrors: boolean;
  readonly #observer: StatementObserver;
  /** A place in a lane becomes free in the middle of what another statement does. */
  readonly #asyncScope = new AsyncResource('aws-ml.statement');
  readonly #targets: TargetIndex<TargetBatcher>;
  readonly #stats = new StatsCollector();
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #onSignal = () => this.#stop((batcher) => this.#aborted(batcher));
  /** Dispatched batches, waiting for a place in their lane or in flight. */
  readonly #dispatched = new Map<Batch, TargetBatcher>();
  readonly #following = new Map<TargetBatcher, FollowingBatches>();
  #pendingInputs = 0;
  /** Batches beyond one each that the look-ups under way may become. */
  #batchesLookedUp = 0;
  #firstError: AwsMlError | undefined;
  #stopped = false;
  #closed = false;

  constructor(environment: StatementEnvironment, options: StatementOptions, onError: OnError) {
    this.#environment = environment;
    this.#onError = onError;
    this.#isolateErrors = options.isolateErrors ?? false;
    this.#observer = options.observer ?? {};
    this.#targets = new TargetIndex((call, service) => this.#createTarget(call, service));
    // Every request in flight listens to it.
    setMaxListeners(0, this.#abort.signal);
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onSignal, { once: true });
    if (this.#signal?.aborted) this.#onSignal();
  }

  get pendingInputs(): number {
    return this.#pendingInputs;
  }

  get batchesInFlight(): number {
    return this.#dispatched.size + this.#batchesLookedUp;
  }

  enqueue(call: MlCall): Invocation {
    return this.#invocationOf(call, false);
  }

  retry(call: MlCall): Invocation {
    return this.#invocationOf(call, true);
  }

  #invocationOf(call: MlCall, again: boolean): Invocation {
    const service = this.#environment.services[call.function];
    const batcher = this.#targets.of(call, service);
    for (const counters of batcher.counters) counters.inputs += 1;
    const input = service.encodeInput(call.arguments);
    const known = batcher.find(input);
    if (known !== undefined) {
      if (!again || !known.failed) return known;
      batcher.forget(input);
    } else for (const counters of batcher.counters) counters.distinctInputs += 1;
    const invocation = batcher.remember(input);
    if (this.#stopped) {
      invocation.error = this.#firstError ?? this.#aborted(batcher);
      return invocation;
    }
    const refusal = service.refuse(input, batcher.target, batcher.counters[0]?.inputs);
    if (refusal !== undefined) {
      this.#settleRefused(batcher, invocation, refusal);
      return invocation;
    }
    const bound = batcher.boundOf(call);
    if (this.#isShared(batcher, input, invocation, bound)) return invocation;
    this.#pendingInputs += 1;
    if (batcher.lookUps === undefined) this.#pack(batcher, input, invocation, bound);
    else {
      const full = batcher.lookUps.add(input, invocation, bound);
      if (full !== undefined) void this.#lookUp(batcher, batcher.lookUps, full);
    }
    return invocation;
  }

  #pack(batcher: TargetBatcher, input: string, invocation: PendingInvocation, bound: number): void {
    for (const batch of batcher.pack(input, invocation, bound)) this.#dispatch(batcher, batch);
  }

  flush(waitedFor?: Iterable<Invocation>): void {
    const wanted = waitedFor === undefined ? undefined : batchesOf(waitedFor);
    if (wanted?.size === 0) return;
    for (const batcher of this.#targets.all()) this.#flush(batcher, wanted);
  }

  #flush(batcher: TargetBatcher, wanted: ReadonlySet<Batch> | undefined): void {
    const { lookUps } = batcher;
    const open = lookUps?.flush(wanted);
    if (lookUps !== undefined && open !== undefined) void this.#lookUp(batcher, lookUps, open);
    if (lookUps?.awaitsMisses) for (const batch of batcher.open(wanted)) lookUps.hold(batch);
    else for (const batch of batcher.takeOpen(wanted)) this.#dispatch(batcher, batch);
  }

  waitsForInput(invocations: Iterable<Invocation>): boolean {
    for (const batch of batchesOf(invocations)) if (!batch.dispatched) return true;
    return false;
  }

  settled(invocations: Iterable<Invocation>): Promise<void> {
    return this.#environment.shared.hasStore
      ? this.#settledAfterLookUps([...invocations])
      : allSettled(batchesOf(invocations));
  }

  /** What the store doesn't have goes into batches, and waits there for further input where nobody has flushed. */
  async #settledAfterLookUps(invocations: readonly Invocation[]): Promise<void> {
    const isHeld = (batch: Batch) => [...this.#targets.all()].some(({ lookUps }) => lookUps?.isHeld(batch));
    for (let batches = batchesOf(invocations); batches.size > 0; batches = batchesOf(invocations)) {
      await allSettled(batches);
      if (![...batches].some((batch) => batch instanceof LookUp)) return;
      const waiting = [...batchesOf(invocations)];
      if (waiting.some((batch) => !batch.dispatched && !isHeld(batch))) return;
    }
  }

  stats(): FunctionStats[] {
    return this.#stats.snapshot();
  }

  firstError(): AwsMlError | undefined {
    return this.#firstError;
  }

  close(): void {
    this.#onSignal();
    this.#signal?.removeEventListener('abort', this.#onSignal);
    this.#environment.onClose(this);
    if (this.#closed) return;
    this.#closed = true;
    this.#observer.closed?.(this.stats());
  }

  #createTarget(call: MlCall, service: MlService): TargetBatcher {
    const targetArguments = service.targetPositions.map((position) => call.arguments[position] ?? null);
    const target = { arguments: targetArguments, name: targetArguments[0] ?? '' };
    const { lanes, totals, dedupMemoryBytes, shared } = this.#environment;
    const counters = [this.#stats.of(service.function), totals.of(service.function)];
    const others = shared.of(service, target, targetKey(call, service));
    return new TargetBatcher(service, target, lanes.of(service, target), counters, dedupMemoryBytes, others);
  }

  /** Whether another statement has the result already, or is about to. */
  #isShared(batcher: TargetBatcher, input: string, invocation: PendingInvocation, bound: number): boolean {
    const { shared } = batcher;
    if (shared === undefined) return false;
    const result = shared.cached(input);
    if (result !== undefined) {
      invocation.result = result;
      for (const counters of batcher.counters) counters.cachedInputs += 1;
      return true;
    }
    const leader = shared.inFlight(input, this);
    if (leader === undefined) return false;
    for (const counters of batcher.counters) counters.sharedInputs += 1;
    this.#followingOf(batcher).follow(leader, input, invocation, bound);
    return true;
  }

  async #lookUp(batcher: TargetBatcher, lookUps: TargetLookUps, lookUp: LookUp): Promise<void> {
    const { inputs, invocations, bounds } = lookUp;
    this.#pendingInputs -= inputs.length;
    this.#dispatched.set(lookUp, batcher);
    lookUps.asked(lookUp);
    const batches = Math.floor((inputs.length - 1) / (bounds[0] as number));
    this.#batchesLookedUp += batches;
    const found = (await batcher.shared?.lookUp(inputs)) ?? [];
    this.#batchesLookedUp -= batches;
    lookUps.answered(lookUp);
    if (lookUp.settled) return;
    this.#dispatched.delete(lookUp);
    invocations.forEach((invocation, i) => {
      invocation.batch = undefined;
      invocation.result = found[i];
      if (found[i] === undefined) this.#send(batcher, inputs[i] as string, invocation, bounds[i] as number);
      else for (const counters of batcher.counters) counters.cachedInputs += 1;
      const { batch } = invocation as PendingInvocation;
      if (lookUp.flushed && batch !== undefined && !batch.dispatched) lookUps.hold(batch);
    });
    if (!lookUps.awaitsMisses) {
      for (const batch of batcher.takeOpen(lookUps.takeHeld())) this.#dispatch(batcher, batch);
    }
    lookUp.wake();
  }

  /** Packs what the store doesn't have, unless another statement has come to send it meanwhile. */
  #send(batcher: TargetBatcher, input: string, invocation: PendingInvocation, bound: number): void {
    if (this.#stopped) invocation.error = this.#firstError ?? this.#aborted(batcher);
    else if (!this.#isShared(batcher, input, invocation, bound)) {
      this.#pendingInputs += 1;
      this.#pack(batcher, input, invocation, bound);
    }
  }

  #followingOf(batcher: TargetBatcher): FollowingBatches {
    let following = this.#following.get(batcher);
    if (following === undefined) {
      following = new FollowingBatches({
        followed: (batch) => this.#dispatched.set(batch, batcher),
        settled: (batch) => this.#dispatched.delete(batch),
        abandoned: (batch) => {
          this.#dispatched.delete(batch);
          for (const counters of batcher.counters) counters.sharedInputs -= batch.inputs.length;
          this.#pendingInputs += batch.inputs.length;
          this.#dispatch(batcher, batch);
        },
      });
      this.#following.set(batcher, following);
    }
    return following;
  }

  #dispatch(batcher: TargetBatcher, batch: Batch): void {
    if (this.#stopped) {
      const error = this.#firstError ?? this.#aborted(batcher);
      batch.settle(() => error);
      return;
    }
    this.#pendingInputs -= batch.inputs.length;
    this.#dispatched.set(batch, batcher);
    const facts = this.#environment.budget?.pay(batcher.service, batcher.target, batch);
    if (facts !== undefined) {
      this.#exceedBudget(batcher, facts);
      return;
    }
    batch.dispatched = true;
    batcher.shared?.dispatched(batch, this);
    batcher.lane.submit(this, {
      inputs: batch.inputs.length,
      run: (flow) => this.#asyncScope.runInAsyncScope(() => this.#invoke(batcher, batch, flow)),
    });
  }

  async #invoke(batcher: TargetBatcher, batch: Batch, flow: RequestFlow): Promise<void> {
    const started = performance.now();
    for (const counters of batcher.counters) counters.sentInputs += batch.inputs.length;
    this.#tellOfCost(batcher, batch);
    const outcomes = await invokeGuarded(batcher.service, batch.inputs, {
      target: batcher.target,
      signal: this.#abort.signal,
      flow,
      observer: observeTogether([...batcher.counters, this.#observer]),
    });
    if (batch.settled) return;
    const callTimeMs = performance.now() - started;
    for (const counters of batcher.counters) counters.batch(batch.inputs.length, callTimeMs);
    this.#dispatched.delete(batch);
    let failed: AwsMlError | undefined;
    batch.settle((index) => {
      const outcome = outcomes[index] as InvokeOutcome;
      if (isResult(outcome)) return outcome;
      failed ??= outcome;
      (batch.invocations[index] as PendingInvocation).failed = true;
      return this.#outcomeOfError(batcher, outcome);
    });
    if (failed !== undefined) this.#failStatement(failed);
  }

  #tellOfCost({ service, target }: TargetBatcher, { inputs }: Batch): void {
    this.#observer.sends?.({
      function: service.function,
      target: safeTargetName(service.function, target.name),
      inputs: inputs.length,
      costUsd: costOfInputs(this.#environment.prices, service.function, target.name, inputs),
    });
  }

  #exceedBudget(batcher: TargetBatcher, facts: string): void {
    const context = { function: batcher.service.function, target: batcher.target };
    const error = failure('BUDGET_EXCEEDED', context, { facts });
    this.#firstError ??= error;
    this.#stop(() => error);
    this.#observer.budgetExceeded?.(error);
  }

  #settleRefused(batcher: TargetBatcher, invocation: PendingInvocation, refusal: AwsMlError): void {
    const outcome = this.#outcomeOfError(batcher, refusal);
    invocation.failed = true;
    if (isResult(outcome)) invocation.result = outcome;
    else invocation.error = outcome;
    this.#failStatement(refusal);
  }

  #outcomeOfError(batcher: TargetBatcher, error: AwsMlError): MlResult | AwsMlError {
    for (const counters of batcher.counters) counters.errors += 1;
    return this.#onError === 'null' ? nullResult(batcher.service.function) : error;
  }

  #failStatement(error: AwsMlError): void {
    if (this.#onError === 'null' || this.#isolateErrors || this.#stopped) return;
    this.#firstError = error;
    this.#stop(() => error);
  }

  /** Sends nothing more, and gives everything without an outcome this error. Aborts also under onError null. */
  #stop(errorOf: (batcher: TargetBatcher) => AwsMlError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const unsettled = [...this.#dispatched];
    for (const batcher of this.#targets.all()) {
      const open = [...batcher.takeOpen(), batcher.lookUps?.takeOpen() ?? []].flat();
      for (const batch of open) unsettled.push([batch, batcher]);
    }
    this.#dispatched.clear();
    this.#pendingInputs = 0;
    for (const { lane } of this.#targets.all()) lane.cancel(this);
    for (const [batch, batcher] of unsettled) {
      const error = errorOf(batcher);
      batch.settle(() => error);
    }
    this.#abort.abort();
  }

  #aborted(batcher: TargetBatcher): AwsMlError {
    const error = failure('ABORTED', { function: batcher.service.function, target: batcher.target });
    this.#firstError ??= error;
    return error;
  }
}

/** The batches in which invocations wait. */
function batchesOf(invocations: Iterable<Invocation>): Set<Batch> {
  const batches = new Set<Batch>();
  let latest: Batch | undefined;
  for (const invocation of invocations) {
    const { batch } = invocation as PendingInvocation;
    if (batch === undefined || batch === latest) continue;
    latest = batch;
    batches.add(batch);
  }
  return batches;
}

function allSettled(batches: ReadonlySet<Batch>): Promise<void> {
  if (batches.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const waiter = new BatchWaiter(batches.size, resolve);
    for (const batch of batches) batch.addWaiter(waiter);
  });
}
