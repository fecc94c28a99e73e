import type { CallArgument, CallSite } from 'pg-rewriter';
import { constantOf, type Planner } from './planner.js';
import { withoutCastToText } from './statistics-query.js';

export interface ArgumentEstimate {
  /** Undefined where it isn't constant. */
  readonly constant: string | null | undefined;
  /** Equal within a batch scan for arguments that have equal values in every row. */
  readonly key: string;
  /** On average. */
  readonly characters: number;
}

/** What the planner guesses of a condition that it knows nothing about. */
const UNKNOWN_CONDITION = 0.5;

/** A column as EXPLAIN writes it, cast or not. */
const PLAIN_COLUMN = /^\(?[\w"]+(?:\.[\w"]+)+\)?(?:::[\w ]+)*$/;

/** What the base query says of a call. The planner can't see through what is computed between it and the call. */
export class CallSource {
  readonly #columns: readonly string[];
  readonly #site: CallSite;
  readonly #source: string;
  readonly #planner: Planner;

  /** @param columns of the base query */
  constructor(columns: readonly string[], site: CallSite, source: string, planner: Planner) {
    this.#columns = columns;
    this.#site = site;
    this.#source = source;
    this.#planner = planner;
  }

  /** The share of the rows for which the call's condition is true. */
  async share(): Promise<number> {
    const { guard } = this.#site;
    if (guard === undefined) return 1;
    if (!this.#isBase(guard)) return UNKNOWN_CONDITION;
    const [all, guarded] = await Promise.all([
      this.#planner.rows(`SELECT FROM (${this.#source}) AS b`),
      this.#planner.rows(`SELECT FROM ${this.#reaching}`),
    ]);
    return Math.min(1, guarded / Math.max(1, all));
  }

  /** How many different values these arguments have; infinitely many where that can't be told. */
  async distinct(given: readonly CallArgument[]): Promise<number> {
    const operands = given.flatMap((a) => (a.kind === 'column' ? [a.column] : []));
    if (operands.length === 0) return 1;
    if (!operands.every((column) => this.#isBase(column))) return Number.POSITIVE_INFINITY;
    // As text, since not every type can be compared.
    const columns = operands.map((column) => `b.${column}::pg_catalog.text`);
    return this.#planner.rows(`SELECT DISTINCT ${columns.join(', ')} FROM ${this.#reaching}`);
  }

  /** Different endpoints, models or languages. Where one is computed the planner would count what it is computed from. */
  async targets(given: readonly CallArgument[]): Promise<number> {
    const keys = await Promise.all(given.map(async (argument) => (await this.argument(argument)).key));
    return this.distinct(given.filter((_, i) => PLAIN_COLUMN.test(keys[i] ?? '')));
  }

  async argument(argument: CallArgument): Promise<ArgumentEstimate> {
    if (argument.kind === 'constant') {
      const { value } = argument;
      return { constant: value, key: JSON.stringify(value), characters: value?.length ?? 0 };
    }
    const { column } = argument;
    if (!this.#isBase(column)) {
      const { width } = await this.#planner.explain('SELECT NULL::pg_catalog.text');
      return { constant: undefined, key: column, characters: width };
    }
    const source = withoutCastToText(this.#source, column);
    const { width, output } = await this.#planner.explain(`SELECT b.${column} FROM (${source}) AS b`);
    const constant = constantOf(output[0] ?? '');
    return { constant, key: output.join(), characters: constant?.length ?? width };
  }

  /** The bound that the call itself has, where it is constant. */
  async maxRowsPerBatch(): Promise<number | null> {
    const { maxRowsPerBatch: bound } = this.#site;
    if (bound.kind === 'constant') return bound.value;
    const { constant } = await this.argument({ kind: 'column', column: bound.column });
    return constant == null ? null : Number(constant);
  }

  /** The rows of the base query that reach the call. */
  get #reaching(): string {
    const { guard } = this.#site;
    return `(${this.#source}) AS b${guard !== undefined && this.#isBase(guard) ? ` WHERE b.${guard}` : ''}`;
  }

  #isBase(column: string): boolean {
    return this.#columns.includes(column);
  }
}
