/** Work that occupies a place of the lane until its promise is settled. It must not reject. */
export type LaneTask = () => Promise<void>;

/**
 * Bounds how many tasks run at once. Owners take turns: one with a thousand tasks waiting does not keep another,
 * who has two, from running them.
 */
export class ConcurrencyLane {
  readonly #limit: number;
  #running = 0;
  /** In the order of their next turn; an owner is here only while it has tasks waiting. */
  readonly #waiting = new Map<object, LaneTask[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  submit(owner: object, task: LaneTask): void {
    if (this.#running < this.#limit) {
      this.#start(task);
      return;
    }
    const tasks = this.#waiting.get(owner);
    if (tasks === undefined) this.#waiting.set(owner, [task]);
    else tasks.push(task);
  }

  /** Forgets the owner's tasks that have not started. */
  cancel(owner: object): void {
    this.#waiting.delete(owner);
  }

  /** Whether nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#running === 0 && this.#waiting.size === 0;
  }

  #start(task: LaneTask): void {
    this.#running += 1;
    void task().finally(() => {
      this.#running -= 1;
      this.#startNext();
    });
  }

  #startNext(): void {
    for (const [owner, tasks] of this.#waiting) {
      const task = tasks.shift();
      this.#waiting.delete(owner);
      if (tasks.length > 0) this.#waiting.set(owner, tasks);
      if (task !== undefined) {
        this.#start(task);
        return;
      }
    }
  }
}
