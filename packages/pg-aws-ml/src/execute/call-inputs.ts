import type { MlCallOrResult, TextValue } from 'aws-ml-core';
import { toMlCall } from 'aws-ml-core';
import type { CallArgument, CallSite } from 'pg-rewriter';
import { arrayElements } from './array-elements.js';
import type { Column, RowBatch } from './row-batch.js';

/** Tells how the values of a pipeline's columns are to be read. */
export interface ColumnTypes {
  /** Whether the column holds arrays; `invoke_endpoint` takes each element as a field of its own. */
  isArray(column: string): boolean;
}

/** Reads the ML call of each row: undefined where the row doesn't reach the call. */
export class CallInputs {
  readonly #site: CallSite;
  readonly #spread: ReadonlySet<string>;

  constructor(site: CallSite, types: ColumnTypes) {
    this.#site = site;
    const columns = site.arguments.flatMap((a) => (a.kind === 'column' ? [a.column] : []));
    const spreads = site.function === 'aws_sagemaker.invoke_endpoint';
    this.#spread = new Set(spreads ? columns.filter((c) => types.isArray(c)) : []);
  }

  read(rows: RowBatch): (MlCallOrResult | undefined)[] {
    const { function: name, guard, maxRowsPerBatch } = this.#site;
    const guards = guard === undefined ? undefined : rows.get(guard);
    const bounds = maxRowsPerBatch.kind === 'column' ? rows.get(maxRowsPerBatch.column) : undefined;
    const constant = maxRowsPerBatch.kind === 'constant' ? maxRowsPerBatch.value : null;
    const argumentsOf = this.#argumentsOf(rows);
    const calls: (MlCallOrResult | undefined)[] = [];
    for (let i = 0; i < rows.length; i++) {
      const reached = guards === undefined || guards[i] === 't';
      const bound = bounds === undefined ? constant : toNumber(bounds[i] ?? null);
      calls.push(reached ? toMlCall(name, argumentsOf(i), bound) : undefined);
    }
    return calls;
  }

  /** One of each row's hottest functions: no iterators, no arrays in between. */
  #argumentsOf(rows: RowBatch): (row: number) => TextValue[] {
    const sources = this.#site.arguments.map((argument) => this.#source(argument, rows));
    return (row) => {
      const values: TextValue[] = [];
      for (const { column, constant, spread } of sources) {
        const value = column === undefined ? constant : (column[row] ?? null);
        if (spread && value !== null) values.push(...arrayElements(value));
        else values.push(value);
      }
      return values;
    };
  }

  #source(argument: CallArgument, rows: RowBatch): Source {
    if (argument.kind === 'constant') return { column: undefined, constant: argument.value, spread: false };
    return { column: rows.get(argument.column), constant: null, spread: this.#spread.has(argument.column) };
  }
}

/** Where the values of an argument come from: a column, or nothing but a constant. */
interface Source {
  readonly column: Column | undefined;
  readonly constant: TextValue;
  /** Whether the elements of an array are an argument each. */
  readonly spread: boolean;
}

const toNumber = (text: string | null): number | null => (text === null ? null : Number(text));
