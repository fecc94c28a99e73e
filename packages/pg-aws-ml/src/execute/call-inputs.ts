import type { MlCallOrResult, TextValue } from 'aws-ml-core';
import { toMlCall } from 'aws-ml-core';
import type { CallArgument, CallSite } from 'pg-rewriter';
import { arrayElements } from './array-elements.js';
import type { RowBatch } from './row-batch.js';

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
    const { guard, maxRowsPerBatch } = this.#site;
    const guards = guard === undefined ? undefined : rows.get(guard);
    const bounds = maxRowsPerBatch.kind === 'column' ? rows.get(maxRowsPerBatch.column) : undefined;
    const constant = maxRowsPerBatch.kind === 'constant' ? maxRowsPerBatch.value : null;
    const readers = this.#site.arguments.map((argument) => this.#reader(argument, rows));
    return Array.from({ length: rows.length }, (_, i) => {
      if (guards !== undefined && guards[i] !== 't') return undefined;
      const bound = bounds === undefined ? constant : toNumber(bounds[i] ?? null);
      return toMlCall(
        this.#site.function,
        readers.length === 1 ? readOne(readers, i) : readers.flatMap((r) => r(i)),
        bound,
      );
    });
  }

  #reader(argument: CallArgument, rows: RowBatch): (row: number) => readonly TextValue[] {
    if (argument.kind === 'constant') return () => [argument.value];
    const column = rows.get(argument.column);
    if (!this.#spread.has(argument.column)) return (i) => [column[i] ?? null];
    return (i) => {
      const value = column[i] ?? null;
      return value === null ? [null] : arrayElements(value);
    };
  }
}

const readOne = (readers: readonly ((row: number) => readonly TextValue[])[], i: number): readonly TextValue[] =>
  readers[0]?.(i) ?? [];

const toNumber = (text: string | null): number | null => (text === null ? null : Number(text));
