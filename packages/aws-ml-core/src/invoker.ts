import { ConcurrencyLanes, type FlowOptions, type LaneLimit } from './batching/concurrency-lanes.js';
import { StatementBatcher } from './batching/statement-batcher.js';
import { Budget } from './budget/budget.js';
import { BudgetGate, type BudgetOptions } from './budget/budget-gate.js';
import { type Price, priceOf } from './budget/prices.js';
import { createServices, type MlServices } from './functions/create-services.js';
import type { MlFunctionName } from './ml-function.js';
import type { RequestLimits } from './ml-service.js';
import { SharedResults, type SharingOptions } from './sharing/shared-results.js';
import type { OnError, StatementInvocations, StatementOptions } from './statement-invocations.js';
import { type FunctionStats, StatsCollector } from './stats/function-stats.js';
import type { ConnectionOptions } from './transport/sdk-clients.js';

export interface InvokerOptions
  extends ConnectionOptions,
    Omit<FlowOptions, 'maxAttempts'>,
    BudgetOptions,
    SharingOptions {
  /** What a failed call does to its statement. Default `fail`. */
  readonly onError?: OnError | undefined;
  /**
   * Memory for the distinct inputs and results that a statement remembers, a target. Past it, the oldest are forgotten
   * and would be sent again. Default 64 MiB.
   */
  readonly dedupMemoryBytes?: number | undefined;
  /** Adapters to use instead of those of AWS's services. */
  readonly services?: Partial<MlServices> | undefined;
}

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
  readonly #totals = new StatsCollector();
  readonly #statements = new Set<StatementBatcher>();
  #closed = false;

  constructor(options: InvokerOptions = {}) {
    this.#lanes = new ConcurrencyLanes(options);
    this.#services = { ...createServices(options), ...options.services };
    this.#shared = new SharedResults(options);
    this.#budgets = options;
    this.#budget = options.budget && new Budget(options.budget, 'pool');
    this.#onError = options.onError ?? 'fail';
    this.#dedupMemoryBytes = options.dedupMemoryBytes ?? defaultDedupMemoryBytes;
  }

  /** @throws Error after close(). */
  openStatement(options: StatementOptions = {}): StatementInvocations {
    if (this.#closed) throw new Error('the Invoker is closed');
    const environment = {
      services: this.#services,
      lanes: this.#lanes,
      totals: this.#totals,
      dedupMemoryBytes: this.#dedupMemoryBytes,
      shared: this.#shared,
      budget: BudgetGate.of(this.#budgets, this.#budget, options.budget),
      onClose: (statement: StatementBatcher) => this.#statements.delete(statement),
    };
    const statement = new StatementBatcher(environment, options, options.onError ?? this.#onError);
    this.#statements.add(statement);
    return statement;
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

  /** Aborts every open statement and closes the connections. */
  close(): void {
    this.#closed = true;
    for (const statement of [...this.#statements]) statement.close();
    for (const service of Object.values(this.#services)) service.close();
  }
}
