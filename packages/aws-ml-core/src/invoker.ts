import { checkOptions } from 'aws-ml-options';
import { ConcurrencyLanes, type LaneLimit } from './batching/concurrency-lanes.js';
import { StatementBatcher } from './batching/statement-batcher.js';
import { Budget, type BudgetState } from './budget/budget.js';
import { BudgetGate } from './budget/budget-gate.js';
import { priceOf } from './budget/prices.js';
import { type MlServices, servicesOver } from './functions/create-services.js';
import { type InvokerOptions, invokerOptions } from './invoker-options.js';
import type { MlFunctionName } from './ml-function.js';
import type { RequestLimits } from './ml-service.js';
import { type BudgetOptions, budgetLimits, type Price } from './options/budget-options.js';
import type { OnError } from './options/shared-options.js';
import { SharedResults } from './sharing/shared-results.js';
import type { StatementInvocations, StatementOptions } from './statement-invocations.js';
import { type FunctionStats, StatsCollector } from './stats/function-stats.js';

const defaultDedupMemoryBytes = 64 * 1024 * 1024;

/**
 * Invokes ML functions in batches for any number of statements, which share connections and the bounds on concurrency.
 *
 * @example
 * const statement = invoker.openStatement({ signal });
 * const invocations = texts.map((text) => statement.enqueue({
 *   function: 'aws_comprehend.detect_sentiment', arguments: [text, 'en'], maxRowsPerBatch: null,
 * }));
 * statement.flush();
 * await statement.settled(invocations);
 * invocations.map((invocation) => invocation.error ?? invocation.result);
 * statement.close();
 */
export class Invoker {
  readonly #services: MlServices;
  readonly #lanes: ConcurrencyLanes;
  readonly #onError: OnError;
  readonly #dedupMemoryBytes: number;
  readonly #shared: SharedResults;
  readonly #budgets: BudgetOptions;
  readonly #budget: Budget | undefined;
  readonly #statementBudgets = new WeakMap<object, Budget>();
  readonly #totals = new StatsCollector();
  readonly #statements = new Set<StatementBatcher>();
  #closed = false;

  /** @throws ConfigurationError for options that cannot be meant as they are. */
  constructor(options: InvokerOptions = {}) {
    checkOptions(invokerOptions, options, 'options');
    this.#lanes = new ConcurrencyLanes(options);
    this.#services = { ...servicesOver(options), ...options.services };
    this.#shared = new SharedResults(options);
    this.#budgets = options;
    this.#budget = options.budget && new Budget(options.budget, 'pool');
    this.#onError = options.onError ?? 'fail';
    this.#dedupMemoryBytes = options.dedupMemoryBytes ?? defaultDedupMemoryBytes;
  }

  /** @throws Error after close(); ConfigurationError for a budget that is none. */
  openStatement(options: StatementOptions = {}): StatementInvocations {
    if (this.#closed) throw new Error('the Invoker is closed');
    if (options.budget !== undefined) checkOptions(budgetLimits, options.budget, 'budget');
    const environment = {
      services: this.#services,
      lanes: this.#lanes,
      totals: this.#totals,
      dedupMemoryBytes: this.#dedupMemoryBytes,
      shared: this.#shared,
      prices: this.#budgets.prices ?? {},
      budget: BudgetGate.of(this.#budgets, this.#budget, this.#statementBudget(options)),
      onClose: (statement: StatementBatcher) => this.#statements.delete(statement),
    };
    const statement = new StatementBatcher(environment, options, options.onError ?? this.#onError);
    this.#statements.add(statement);
    return statement;
  }

  #statementBudget({ budget = this.#budgets.statementBudget, budgetOwner }: StatementOptions): Budget | undefined {
    if (budget === undefined) return undefined;
    const known = budgetOwner && this.#statementBudgets.get(budgetOwner);
    if (known !== undefined) return known;
    const own = new Budget(budget, 'statement');
    if (budgetOwner !== undefined) this.#statementBudgets.set(budgetOwner, own);
    return own;
  }

  /** What requests of a function can carry, and which arguments all inputs of a request have in common. */
  requestLimits(functionName: MlFunctionName): RequestLimits {
    return this.#services[functionName];
  }

  /** The price in force for a function's endpoint, model or language; undefined where there is none. */
  priceOf(functionName: MlFunctionName, name: string): Price | undefined {
    return priceOf(this.#budgets.prices ?? {}, functionName, name);
  }

  /** Counts of all statements since the start or the latest reset. */
  stats(): FunctionStats[] {
    return this.#totals.snapshot();
  }

  resetStats(): void {
    this.#totals.reset();
  }

  /** The limits on concurrency that are in force; those of services and targets that were not called are missing. */
  concurrencyLimits(): LaneLimit[] {
    return this.#lanes.limits();
  }

  /** What all statements together may send, and have sent; undefined where there is no bound. */
  budget(): BudgetState | undefined {
    return this.#budget?.state;
  }

  /** Aborts every open statement and closes the connections. */
  close(): void {
    this.#closed = true;
    for (const statement of [...this.#statements]) statement.close();
    for (const service of Object.values(this.#services)) service.close();
  }
}
