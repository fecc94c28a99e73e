import type { Batch } from '../invocations/batch.js';
import type { MlService, MlTarget } from '../ml-service.js';
import type { BudgetOptions, PriceTable } from '../options/budget-options.js';
import type { Budget, Charge } from './budget.js';
import { costOfInputs } from './prices.js';

/** Asks the budgets that a request is to be paid from. */
export class BudgetGate {
  readonly #budgets: readonly Budget[];
  readonly #prices: PriceTable;

  constructor(budgets: readonly Budget[], prices: PriceTable) {
    this.#budgets = budgets;
    this.#prices = prices;
  }

  static of(options: BudgetOptions, shared: Budget | undefined, own: Budget | undefined): BudgetGate | undefined {
    const budgets = [own, shared].filter((budget) => budget !== undefined);
    return budgets.length === 0 ? undefined : new BudgetGate(budgets, options.prices ?? {});
  }

  /** Pays for a batch, or tells why it must not be sent. */
  pay(service: MlService, target: MlTarget, batch: Batch): string | undefined {
    const charge: Charge = { requests: 1, inputs: batch.inputs.length, costUsd: this.#costOf(service, target, batch) };
    for (const budget of this.#budgets) {
      const refusal = budget.refusal(charge);
      if (refusal !== undefined) return refusal;
    }
    for (const budget of this.#budgets) budget.spend(charge);
    return undefined;
  }

  #costOf(service: MlService, target: MlTarget, batch: Batch): number | undefined {
    if (!this.#budgets.some((budget) => budget.countsCost)) return undefined;
    return costOfInputs(this.#prices, service.function, target.name, batch.inputs);
  }
}
