import type { FunctionStats } from '../index.js';

/** What a statement will send, by the planner's estimate. */
export interface Estimate {
  readonly distinctInputs: number;
  /** As EXPLAIN writes it, in one currency; undefined where there is no price. */
  readonly cost: { readonly amount: number; readonly currency: string } | undefined;
}

const WIDTH = 20;
const ESTIMATED = /Estimated Inputs: \d+ {2}Distinct Inputs: (\d+) {2}Requests: \d+(?: {2}Cost: ([\d.]+) (\w+))?/;

/** Of the lines of an EXPLAIN; undefined where it estimates nothing. */
export function estimateOf(plan: readonly string[]): Estimate | undefined {
  const found = plan.map((line) => ESTIMATED.exec(line)).filter((match) => match !== null);
  if (found.length === 0) return undefined;
  const priced = found.filter(([, , amount]) => amount !== undefined);
  const currency = priced[0]?.[3];
  const amount = priced.reduce((sum, [, , text]) => sum + Number(text), 0);
  return {
    distinctInputs: found.reduce((sum, [, distinct]) => sum + Number(distinct), 0),
    cost: currency === undefined ? undefined : { amount, currency },
  };
}

/** What one statement has done so far, of the functions that it calls. */
export interface Reached {
  readonly rows: number;
  readonly distinctInputs: number;
  /** Of them, those that have their result. */
  readonly scored: number;
  readonly requests: number;
}

/** @param before what had been counted when the statement began */
export function reachedBy(now: readonly FunctionStats[], before: readonly FunctionStats[]): Reached {
  const sum = (stats: readonly FunctionStats[], of: (one: FunctionStats) => number) =>
    stats.reduce((total, one) => total + of(one), 0);
  const since = (of: (one: FunctionStats) => number) => sum(now, of) - sum(before, of);
  return {
    rows: since(({ inputs }) => inputs),
    distinctInputs: since(({ distinctInputs }) => distinctInputs),
    scored: since(({ cachedInputs, batches }) => cachedInputs + Math.round(batches.count * batches.size.avg)),
    requests: since(({ requests }) => requests),
  };
}

/** The line of one statement; what it says has never gone back, whatever estimates turn out to be worth. */
export class ProgressLine {
  #share = 0;

  /**
   * @param seconds since the statement began
   * @returns undefined before the first input
   */
  text(reached: Reached, estimate: Estimate | undefined, seconds: number): string | undefined {
    const { rows, scored, requests } = reached;
    if (rows === 0) return undefined;
    const counts = [count(rows, 'row'), count(requests, 'request')];
    if (estimate === undefined) return counts.join(', ');
    // There can be more than the planner thought, and the last one is known only at the end.
    const all = Math.max(estimate.distinctInputs, reached.distinctInputs, 1);
    this.#share = Math.max(this.#share, Math.min(scored / all, 0.99));
    if (estimate.cost !== undefined) counts.push(`about ${costOf(estimate, scored)} so far`);
    if (this.#share > 0) counts.push(`${duration((seconds / this.#share) * (1 - this.#share))} left`);
    return `${bar(this.#share)} ${Math.floor(this.#share * 100)}%  ${counts.join(', ')}`;
  }
}

export function bar(share: number): string {
  const full = Math.round(share * WIDTH);
  return '█'.repeat(full) + '░'.repeat(WIDTH - full);
}

function costOf({ distinctInputs, cost }: Estimate, scored: number): string {
  const { amount, currency } = cost!;
  return `${((amount * scored) / Math.max(distinctInputs, 1)).toPrecision(2)} ${currency}`;
}

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const count = (number: number, noun: string) => `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
