/** Column values of a batch of rows, as PostgreSQL's text output. */
export type Column = readonly (string | null)[];

/** Rows in columns: what flows between the operators of a plan. */
export class RowBatch {
  readonly length: number;
  readonly #columns = new Map<string, Column>();

  constructor(length: number) {
    this.length = length;
  }

  /** From rows as the server sends them. */
  static fromRows(names: readonly string[], rows: readonly (readonly (string | null)[])[]): RowBatch {
    const batch = new RowBatch(rows.length);
    names.forEach((name, i) => {
      batch.set(
        name,
        rows.map((row) => row[i] ?? null),
      );
    });
    return batch;
  }

  /** Joins batches of equal columns. */
  static concat(batches: readonly RowBatch[], names: readonly string[]): RowBatch {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) return only;
    const out = new RowBatch(batches.reduce((n, b) => n + b.length, 0));
    for (const name of names)
      out.set(
        name,
        batches.flatMap((b) => b.get(name)),
      );
    return out;
  }

  get names(): string[] {
    return [...this.#columns.keys()];
  }

  set(name: string, column: Column): void {
    this.#columns.set(name, column);
  }

  get(name: string): Column {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`the plan reads a column that no operator has written: ${name}`);
    return column;
  }

  /** The same rows with those of their columns that are named. */
  keep(names: readonly string[]): RowBatch {
    const out = new RowBatch(this.length);
    for (const name of names) {
      const column = this.#columns.get(name);
      if (column !== undefined) out.set(name, column);
    }
    return out;
  }

  /** The rows at the given positions, in that order. */
  pick(positions: readonly number[]): RowBatch {
    const out = new RowBatch(positions.length);
    for (const [name, column] of this.#columns) {
      out.set(
        name,
        positions.map((i) => column[i] ?? null),
      );
    }
    return out;
  }
}
