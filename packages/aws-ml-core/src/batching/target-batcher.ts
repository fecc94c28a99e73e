import { Batch, PendingInvocation } from '../invocations/batch.js';
import type { MlCall } from '../ml-call.js';
import type { MlService, MlTarget } from '../ml-service.js';
import type { SharedTarget } from '../sharing/shared-results.js';
import type { FunctionCounters } from '../stats/function-stats.js';
import type { ConcurrencyLane } from './concurrency-lane.js';
import { TargetLookUps } from './target-look-ups.js';

/** A rough count of what a remembered input costs beside its text: map entry, invocation, result. */
const bytesPerInvocation = 200;

/** The calls of one statement to one target: finds equal ones, and packs the others into batches. */
export class TargetBatcher {
  readonly service: MlService;
  readonly target: MlTarget;
  readonly lane: ConcurrencyLane;
  readonly counters: readonly FunctionCounters[];
  /** What other statements know; undefined where calls don't share. */
  readonly shared: SharedTarget | undefined;
  /** Undefined where there is no store to look in. */
  readonly lookUps: TargetLookUps | undefined;
  readonly #dedupMemoryBytes: number;
  readonly #invocations = new Map<string, PendingInvocation>();
  #rememberedBytes = 0;
  #forgetAboveBytes: number;
  /** Batches that still have room, by their bound on inputs. */
  readonly #open = new Map<number, Batch>();

  constructor(
    service: MlService,
    target: MlTarget,
    lane: ConcurrencyLane,
    counters: readonly FunctionCounters[],
    dedupMemoryBytes: number,
    shared: SharedTarget | undefined,
  ) {
    this.shared = shared;
    this.lookUps = shared?.hasStore ? new TargetLookUps() : undefined;
    this.service = service;
    this.target = target;
    this.lane = lane;
    this.counters = counters;
    this.#dedupMemoryBytes = dedupMemoryBytes;
    this.#forgetAboveBytes = dedupMemoryBytes;
  }

  /** The invocation of an equal call, or undefined. */
  find(input: string): PendingInvocation | undefined {
    return this.#invocations.get(input);
  }

  remember(input: string): PendingInvocation {
    const invocation = new PendingInvocation();
    this.#invocations.set(input, invocation);
    this.#rememberedBytes += input.length + bytesPerInvocation;
    if (this.#rememberedBytes > this.#forgetAboveBytes) this.#forgetOldest();
    return invocation;
  }

  forget(input: string): void {
    if (this.#invocations.delete(input)) this.#rememberedBytes -= input.length + bytesPerInvocation;
  }

  /** Most inputs of a batch with this call. */
  boundOf(call: MlCall): number {
    return Math.min(call.maxRowsPerBatch ?? Number.POSITIVE_INFINITY, this.service.maxInputsPerRequest);
  }

  /** Puts an input into the open batch of its bound. Returns the batches that are full and must go. */
  pack(input: string, invocation: PendingInvocation, bound: number): readonly Batch[] {
    const { maxBytesPerRequest } = this.service;
    const bytes = maxBytesPerRequest === Number.POSITIVE_INFINITY ? 0 : Buffer.byteLength(input);
    const full: Batch[] = [];
    let batch = this.#open.get(bound);
    if (batch !== undefined && batch.bytes + 1 + bytes > maxBytesPerRequest) {
      full.push(batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = new Batch();
      this.#open.set(bound, batch);
    }
    batch.add(input, invocation, bytes);
    if (batch.inputs.length >= bound) {
      this.#open.delete(bound);
      full.push(batch);
    }
    return full;
  }

  /** The batches that aren't full, or those of them that are wanted. */
  open(wanted?: ReadonlySet<Batch>): readonly Batch[] {
    return [...this.#open.values()].filter((batch) => wanted?.has(batch) ?? true);
  }

  /** Takes the batches that aren't full, or those of them that are wanted. */
  takeOpen(wanted?: ReadonlySet<Batch>): readonly Batch[] {
    const taken = [...this.#open].filter(([, batch]) => wanted?.has(batch) ?? true);
    for (const [bound] of taken) this.#open.delete(bound);
    return taken.map(([, batch]) => batch);
  }

  /** Bounded memory goes before sending every input once: the oldest settled ones are forgotten, down to half. */
  #forgetOldest(): void {
    for (const [input, invocation] of this.#invocations) {
      if (this.#rememberedBytes <= this.#dedupMemoryBytes / 2) break;
      if (!invocation.settled) continue;
      this.forget(input);
    }
    // Where most are unsettled there is little to forget: don't look again at every row.
    this.#forgetAboveBytes = Math.max(this.#dedupMemoryBytes, this.#rememberedBytes + this.#dedupMemoryBytes / 2);
  }
}
