import { LRUCache } from 'lru-cache';
import type { Batch, PendingInvocation } from '../batching/batch.js';
import type { MlResult } from '../ml-call.js';
import type { MlFunctionName } from '../ml-functions.js';
import type { MlService, MlTarget } from '../ml-service.js';

export interface SharingOptions {
  /**
   * Whether equal inputs of different statements may have one answer, by function or by the name of an endpoint or model;
   * a name goes before its function. Default: true for all functions but `aws_bedrock.invoke_model`, whose models may
   * answer the same question differently.
   */
  readonly share?: Readonly<Record<string, boolean>> | undefined;
  /**
   * Keeps results in memory for later statements, for functions and targets that share: at most `maxBytes` of inputs and
   * results, each for `ttlMs` milliseconds. Default: nothing is kept.
   */
  readonly cache?: { readonly maxBytes: number; readonly ttlMs: number } | undefined;
}

const sharedByDefault = (name: MlFunctionName): boolean => name !== 'aws_bedrock.invoke_model';

/** A rough count of what a cached result costs beside its texts. */
const bytesPerResult = 200;
const targetsKept = 256;

/** What statements of one Invoker have from each other: the requests that are under way, and a cache. */
export class SharedResults {
  readonly #share: Readonly<Record<string, boolean>>;
  readonly #cache: LRUCache<string, MlResult> | undefined;
  readonly #targets = new Map<string, SharedTarget>();

  constructor({ share = {}, cache }: SharingOptions = {}) {
    this.#share = share;
    if (cache === undefined) return;
    this.#cache = new LRUCache({
      maxSize: cache.maxBytes,
      ttl: cache.ttlMs,
      sizeCalculation: (result, key) =>
        result.reduce((bytes, value) => bytes + 2 * (value?.length ?? 0), 2 * key.length + bytesPerResult),
    });
  }

  /** Undefined where calls of the target don't share. */
  of(service: MlService, target: MlTarget, key: string): SharedTarget | undefined {
    const share = this.#share[target.name] ?? this.#share[service.function] ?? sharedByDefault(service.function);
    if (!share) return undefined;
    let shared = this.#targets.get(key);
    if (shared === undefined) {
      this.#forgetIdle();
      shared = new SharedTarget(this.#cache, key);
      this.#targets.set(key, shared);
    }
    return shared;
  }

  #forgetIdle(): void {
    if (this.#targets.size < targetsKept) return;
    for (const [key, shared] of this.#targets) if (shared.idle) this.#targets.delete(key);
  }
}

/** The calls of all statements to one target. */
export class SharedTarget {
  readonly #cache: LRUCache<string, MlResult> | undefined;
  readonly #key: string;
  readonly #inFlight = new Map<string, PendingInvocation>();

  constructor(cache: LRUCache<string, MlResult> | undefined, key: string) {
    this.#cache = cache;
    this.#key = key;
  }

  get idle(): boolean {
    return this.#inFlight.size === 0;
  }

  cached(input: string): MlResult | undefined {
    return this.#cache?.get(this.#cacheKey(input));
  }

  /** Another statement's invocation of the same input that is under way. */
  inFlight(input: string): PendingInvocation | undefined {
    return this.#inFlight.get(input);
  }

  dispatched(batch: Batch): void {
    batch.inputs.forEach((input, index) => {
      if (!this.#inFlight.has(input)) this.#inFlight.set(input, batch.invocations[index] as PendingInvocation);
    });
    batch.addWaiter({ batchSettled: () => this.#settled(batch) });
  }

  #settled(batch: Batch): void {
    batch.inputs.forEach((input, index) => {
      const invocation = batch.invocations[index] as PendingInvocation;
      if (this.#inFlight.get(input) === invocation) this.#inFlight.delete(input);
      if (invocation.result !== undefined && !invocation.failed) {
        this.#cache?.set(this.#cacheKey(input), invocation.result);
      }
    });
  }

  #cacheKey(input: string): string {
    return `${this.#key}\n${input}`;
  }
}
