/** Calls without a result after which the first run ends: it may be in a loop that only a result ends. */
const FIRST_CALLS = 1000;
/** Inputs up to which rounds grow as fast as they may. */
const SMALL_ROUND = 1000;
const FIRST_INPUTS = 25;
const GROWTH = 4;

/**
 * How much the next collect run may ask for, and how much of it is invoked, where answers may decide when the statement
 * stops asking.
 *
 * A run starts from the beginning and asks again for all that has been answered. So the first rounds are small, lest
 * they pay for what the statement turns out not to need, and later ones as large as all before them: then n inputs take
 * n look-ups in the last round, half as many in the one before, and so on, and at most as many inputs are invoked in
 * vain as are needed.
 */
export class CollectPace {
  #inputs = FIRST_INPUTS;
  #answered = 0;
  #wasLimited = false;

  /** Whether a run has been ended by its limit. */
  get wasLimited(): boolean {
    return this.#wasLimited;
  }

  /** Inputs that the next round may invoke, where its run is ended by the limit. */
  get inputs(): number {
    return this.#inputs;
  }

  /** Calls without a result after which the next run ends. Where it won't be the last, what isn't invoked is asked in vain. */
  get calls(): number {
    return this.#wasLimited ? this.#inputs : FIRST_CALLS;
  }

  /** A round was ended by the limit, and has invoked so many inputs. */
  limited(invoked: number): void {
    this.#wasLimited = true;
    this.#answered += invoked;
    this.#inputs = Math.max(Math.min(this.#inputs * GROWTH, SMALL_ROUND), this.#answered);
  }
}
