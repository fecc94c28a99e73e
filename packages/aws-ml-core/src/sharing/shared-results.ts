import { LRUCache } from 'lru-cache';
import type { Batch, PendingInvocation } from '../invocations/batch.js';
import type { MlResult } from '../ml-call.js';
import type { MlFunctionName } from '../ml-function.js';
import type { MlService, MlTarget } from '../ml-service.js';
import type { SharingOptions } from '../options/sharing-options.js';
import type { ResultStore, StoredTarget } from '../result-store.js';

const sharedByDefault = (name: MlFunctionName): boolean => name !== 'aws_bedrock.invoke_model';

/** A rough count of what a cached result costs beside its texts. */
const bytesPerResult = 200;
const targetsKept = 256;

/** What statements of one Invoker have from each other: the requests that are under way, and a cache. */
export class SharedResults {
  readonly #share: Readonly<Record<string, boolean>>;
  readonly #cache: LRUCache<string, MlResult> | undefined;
  readonly #store: ResultStore | undefined;
  readonly #targets = new Map<string, SharedTarget>();

  constructor({ share = {}, cache, store }: SharingOptions = {}) {
    this.#share = share;
    this.#store = store;
    if (cache === undefined) return;
    this.#cache = new LRUCache({
      maxSize: cache.maxBytes,
      ttl: cache.ttlMs,
      sizeCalculation: (result, key) =>
        result.reduce((bytes, value) => bytes + 2 * (value?.length ?? 0), 2 * key.length + bytesPerResult),
    });
  }

  get hasStore(): boolean {
    return this.#store !== undefined;
  }

  /** Undefined where calls of the target don't share. */
  of(service: MlService, target: MlTarget, key: string): SharedTarget | undefined {
    const share = this.#share[target.name] ?? this.#share[service.function] ?? sharedByDefault(service.function);
    if (!share) return undefined;
    let shared = this.#targets.get(key);
    if (shared === undefined) {
      this.#forgetIdle();
      shared = new SharedTarget({ ...target, function: service.function }, key, this.#cache, this.#store);
      this.#targets.set(key, shared);
    }
    return shared;
  }

  #forgetIdle(): void {
    if (this.#targets.size < targetsKept) return;
    for (const [key, shared] of this.#targets) if (shared.idle) this.#targets.delete(key);
  }
}

/**
 * The calls of all statements to one target. What is under way is indexed by input from when a second statement asks:
 * a statement that is alone pays nothing.
 */
export class SharedTarget {
  readonly #target: StoredTarget;
  readonly #key: string;
  readonly #cache: LRUCache<string, MlResult> | undefined;
  readonly #store: ResultStore | undefined;
  /** Batches under way, with the statements that sent them. */
  readonly #batches = new Map<Batch, object>();
  /** How many of them each statement has. */
  readonly #statements = new Map<object, number>();
  #index: Map<string, PendingInvocation> | undefined;

  constructor(
    target: StoredTarget,
    key: string,
    cache: LRUCache<string, MlResult> | undefined,
    store: ResultStore | undefined,
  ) {
    this.#target = target;
    this.#key = key;
    this.#cache = cache;
    this.#store = store;
  }

  get hasStore(): boolean {
    return this.#store !== undefined;
  }

  get idle(): boolean {
    return this.#batches.size === 0;
  }

  cached(input: string): MlResult | undefined {
    return this.#cache?.get(this.#cacheKey(input));
  }

  /** The results that the store has, in the order of the inputs. Never rejects. */
  async lookUp(inputs: readonly string[]): Promise<readonly (MlResult | undefined)[]> {
    const stored = (await this.#store?.getMany(this.#target, inputs).catch(() => undefined)) ?? [];
    return inputs.map((input, i) => {
      const found = stored[i];
      if (found !== undefined) this.#cache?.set(this.#cacheKey(input), found.result, { ttl: Math.max(1, found.ttlMs) });
      return found?.result;
    });
  }

  /** Another statement's invocation of the same input that is under way. */
  inFlight(input: string, statement: object): PendingInvocation | undefined {
    if (this.#index === undefined) {
      if (this.#isAlone(statement)) return undefined;
      this.#index = new Map();
      for (const batch of this.#batches.keys()) this.#add(this.#index, batch);
    }
    return this.#index.get(input);
  }

  dispatched(batch: Batch, statement: object): void {
    this.#batches.set(batch, statement);
    this.#count(statement, 1);
    if (this.#index !== undefined) this.#add(this.#index, batch);
    batch.addWaiter({ batchSettled: () => this.#settled(batch) });
  }

  #isAlone(statement: object): boolean {
    return this.#statements.size === (this.#statements.has(statement) ? 1 : 0);
  }

  #count(statement: object, change: 1 | -1): void {
    const count = (this.#statements.get(statement) ?? 0) + change;
    if (count === 0) this.#statements.delete(statement);
    else this.#statements.set(statement, count);
  }

  #add(index: Map<string, PendingInvocation>, batch: Batch): void {
    batch.inputs.forEach((input, position) => {
      if (!index.has(input)) index.set(input, batch.invocations[position] as PendingInvocation);
    });
  }

  #settled(batch: Batch): void {
    this.#count(this.#batches.get(batch) as object, -1);
    this.#batches.delete(batch);
    if (this.#index === undefined && this.#cache === undefined && this.#store === undefined) return;
    const results: (readonly [string, MlResult])[] = [];
    batch.inputs.forEach((input, position) => {
      const invocation = batch.invocations[position] as PendingInvocation;
      if (this.#index?.get(input) === invocation) this.#index.delete(input);
      if (invocation.result !== undefined && !invocation.failed) results.push([input, invocation.result]);
    });
    this.#keep(results);
    if (this.#batches.size === 0) this.#index = undefined;
  }

  #keep(results: readonly (readonly [string, MlResult])[]): void {
    for (const [input, result] of results) this.#cache?.set(this.#cacheKey(input), result);
    if (results.length > 0) this.#store?.putMany(this.#target, results);
  }

  #cacheKey(input: string): string {
    return `${this.#key}\n${input}`;
  }
}
