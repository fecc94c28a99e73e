import { setTimeout as delay } from 'node:timers/promises';
import type { StageOutcome } from '../faults/fault-injector.js';
import { JobFailure } from './errors.js';

/** Why work has ended before its time: on request, at the end of its runtime, or with the services. */
export type Ending = 'stopped' | 'out of time' | 'closed';

export interface StageRules {
  /** How long each stage lasts at least, in milliseconds. */
  readonly delayMs: number;
  atStage(operation: string, stage: string): StageOutcome;
}

/** A job, or an endpoint that comes or goes: work that goes on in the background, stage by stage. */
export class Work {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private wake: () => void = () => {};

  constructor(
    private readonly operation: string,
    private readonly rules: StageRules,
  ) {}

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  get endedBy(): Ending | undefined {
    return this.signal.reason as Ending | undefined;
  }

  /** Stays in a stage for as long as stages last. Throws when that is the last one: by a fault, or because it ends. */
  async stay(stage: string): Promise<void> {
    this.signal.throwIfAborted();
    let outcome = this.rules.atStage(this.operation, stage);
    while (outcome.kind === 'hangs') {
      await this.resumed();
      outcome = this.rules.atStage(this.operation, stage);
    }
    if (this.rules.delayMs > 0) await delay(this.rules.delayMs, undefined, { signal: this.signal });
    if (outcome.kind === 'fails') throw new JobFailure(outcome.reason);
  }

  /** Lets work that hangs look again at what becomes of it. */
  resume(): void {
    this.wake();
  }

  limit(seconds: number | undefined): void {
    if (seconds === undefined) return;
    this.timer = setTimeout(() => this.end('out of time'), Math.min(seconds * 1000, 2 ** 31 - 1)).unref();
  }

  end(ending: Ending): void {
    this.ending.abort(ending);
  }

  release(): void {
    clearTimeout(this.timer);
  }

  private resumed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', giveUp, { once: true });
      this.wake = () => {
        this.signal.removeEventListener('abort', giveUp);
        resolve();
      };
    });
  }
}

/** All work under way, by the ARN of what it is for. */
export class WorkList {
  private readonly underWay = new Map<string, { readonly work: Work; readonly done: Promise<void> }>();

  constructor(private readonly rules: StageRules) {}

  /** Begins once the request that asks for it is answered. What `run` throws is its own affair: nobody is there to hear. */
  start(arn: string, operation: string, run: (work: Work) => Promise<void>): void {
    const work = new Work(operation, this.rules);
    const before = this.underWay.get(arn)?.done ?? Promise.resolve();
    const done = before
      .then(() => new Promise(setImmediate))
      .then(() => run(work))
      .catch(() => {})
      .finally(() => {
        work.release();
        if (this.underWay.get(arn)?.work === work) this.underWay.delete(arn);
      });
    this.underWay.set(arn, { work, done });
  }

  end(arn: string, ending: Ending): void {
    this.underWay.get(arn)?.work.end(ending);
  }

  /** To be called when the rules have changed. */
  resume(): void {
    for (const { work } of this.underWay.values()) work.resume();
  }

  async close(): Promise<void> {
    const all = [...this.underWay.values()];
    for (const { work } of all) work.end('closed');
    await Promise.all(all.map(({ done }) => done));
  }
}
