const SIZE = 624;
const MIDDLE = 397;

/** NumPy's RandomState: the folds that scikit-learn makes with a seed are drawn from it. */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < SIZE; i += 1) {
      const before = this.#state[i - 1]!;
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** In place, as RandomState.shuffle. */
  shuffle(items: number[]): void {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const chosen = this.#upTo(last);
      [items[last], items[chosen]] = [items[chosen]!, items[last]!];
    }
  }

  #upTo(most: number): number {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const value = (this.#draw() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  #draw(): number {
    if (this.#next === SIZE) this.#twist();
    let bits = this.#state[this.#next]!;
    this.#next += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i += 1) {
      const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % SIZE]! ^ (mixed >>> 1) ^ ((mixed & 1) === 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
