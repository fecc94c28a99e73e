import type { BudgetLimits } from '../options/budget-options.js';

/** What a request adds. The cost is undefined where there is no price. */
export interface Charge {
  readonly requests: number;
  readonly inputs: number;
  readonly costUsd: number | undefined;
}

/** A budget, and what was spent of it so far. */
export interface BudgetState {
  readonly limits: BudgetLimits;
  /** Dollars are counted where `limits` has some. */
  readonly spent: { readonly requests: number; readonly inputs: number; readonly costUsd: number };
}

/** What was spent of a budget. */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #owner: string;
  #requests = 0;
  #inputs = 0;
  #costUsd = 0;

  /** @param owner whose budget it is, for messages: `statement`, `pool` */
  constructor(limits: BudgetLimits, owner: string) {
    this.#limits = limits;
    this.#owner = owner;
  }

  get countsCost(): boolean {
    return this.#limits.maxCostUsd !== undefined;
  }

  get state(): BudgetState {
    const spent = { requests: this.#requests, inputs: this.#inputs, costUsd: this.#costUsd };
    return { limits: this.#limits, spent };
  }

  /** Why a charge would exceed the budget, in numbers; undefined where it wouldn't. */
  refusal({ requests, inputs, costUsd }: Charge): string | undefined {
    const { maxRequests, maxInputs, maxCostUsd } = this.#limits;
    const facts = (name: string, most: string, spent: string, next: string) =>
      `${name} of the ${this.#owner} is ${most}; ${spent} spent so far, and the next request needs ${next}.`;
    if (maxRequests !== undefined && this.#requests + requests > maxRequests) {
      return facts('maxRequests', `${maxRequests}`, `${this.#requests}`, `${requests}`);
    }
    if (maxInputs !== undefined && this.#inputs + inputs > maxInputs) {
      return facts('maxInputs', `${maxInputs}`, `${this.#inputs}`, `${inputs}`);
    }
    if (maxCostUsd === undefined) return undefined;
    if (costUsd === undefined) return `maxCostUsd of the ${this.#owner} is ${maxCostUsd}, and the call has no price.`;
    if (this.#costUsd + costUsd <= maxCostUsd + rounding) return undefined;
    return facts('maxCostUsd', `${maxCostUsd}`, usd(this.#costUsd), usd(costUsd));
  }

  spend({ requests, inputs, costUsd = 0 }: Charge): void {
    this.#requests += requests;
    this.#inputs += inputs;
    this.#costUsd += costUsd;
  }
}

/** Sums of prices are not exact. */
const rounding = 1e-9;

const usd = (value: number): string => String(Number(value.toFixed(6)));
