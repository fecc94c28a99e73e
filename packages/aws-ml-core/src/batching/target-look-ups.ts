import { Batch, type PendingInvocation } from '../invocations/batch.js';

/** Inputs that are looked for in the store at once. */
const maxInputs = 500;

/** Inputs of one target whose results are looked for in the store, before what isn't found is packed into batches. */
export class LookUp extends Batch {
  /** Most inputs of a batch with each of them. */
  readonly bounds: number[] = [];
  /** Whether what isn't found is to be sent without waiting for further input. */
  flushed = false;

  addBounded(input: string, invocation: PendingInvocation, bound: number): void {
    this.add(input, invocation, 0);
    this.bounds.push(bound);
  }
}

/** The look-ups of one target: gathers inputs, and remembers what is to be sent once the store has answered. */
export class TargetLookUps {
  #open: LookUp | undefined;
  readonly #asked = new Set<LookUp>();
  /** Batches that aren't full, to be sent when no flushed look-up is under way any more. */
  readonly #held = new Set<Batch>();

  /** Returns the look-up that is full and must go. */
  add(input: string, invocation: PendingInvocation, bound: number): LookUp | undefined {
    this.#open ??= new LookUp();
    this.#open.addBounded(input, invocation, bound);
    return this.#open.inputs.length >= maxInputs ? this.takeOpen() : undefined;
  }

  takeOpen(): LookUp | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  asked(lookUp: LookUp): void {
    lookUp.dispatched = true;
    this.#asked.add(lookUp);
  }

  answered(lookUp: LookUp): void {
    this.#asked.delete(lookUp);
  }

  /**
   * Marks what is to be sent without further input. Returns the look-up that has to go for that, if it is still open.
   * @param wanted look-ups and batches; undefined for all
   */
  flush(wanted: ReadonlySet<Batch> | undefined): LookUp | undefined {
    const isWanted = (lookUp: LookUp) => wanted === undefined || wanted.has(lookUp);
    for (const lookUp of this.#asked) if (isWanted(lookUp)) lookUp.flushed = true;
    if (this.#open === undefined || !isWanted(this.#open)) return undefined;
    this.#open.flushed = true;
    return this.takeOpen();
  }

  /** Whether what a flushed look-up doesn't find may still join batches that aren't full. */
  get awaitsMisses(): boolean {
    for (const lookUp of this.#asked) if (lookUp.flushed) return true;
    return false;
  }

  hold(batch: Batch): void {
    this.#held.add(batch);
  }

  isHeld(batch: Batch): boolean {
    return this.#held.has(batch);
  }

  takeHeld(): ReadonlySet<Batch> {
    const held = new Set(this.#held);
    this.#held.clear();
    return held;
  }
}
