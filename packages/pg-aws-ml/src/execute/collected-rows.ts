import { randomBytes } from 'node:crypto';
import { ROW_NUMBER } from 'pg-rewriter';
import { arrayLiteral } from '../stubs/array-literal.js';
import { RowBatch } from './row-batch.js';
import { operandColumn, type StatementRun } from './statement-run.js';

/** Memory of collected rows above which they go to the server, in characters; a value counts as some of them besides. */
const SPILL_CHARACTERS = 8 * 1024 * 1024;
const CHARACTERS_PER_VALUE = 16;
/** Characters sent at a time from then on. */
const CHUNK_CHARACTERS = 1024 * 1024;

/**
 * The rows that a pipeline hands to the rest of its statement: in memory, or, where they are many, in a temporary table
 * of the transaction, so that the client holds a chunk of them.
 */
export class CollectedRows {
  readonly #run: StatementRun;
  readonly #relation: string;
  /** The columns that are read later, each under the name by which it is read. */
  readonly #columns: readonly string[];
  #batches: RowBatch[] = [];
  #characters = 0;
  #stored = 0;
  #table: string | undefined;

  constructor(run: StatementRun, relation: string, columns: readonly string[]) {
    this.#run = run;
    this.#relation = relation;
    this.#columns = columns;
  }

  async add(batch: RowBatch): Promise<void> {
    this.#batches.push(batch);
    for (const name of batch.names) {
      for (const value of batch.get(name)) this.#characters += (value?.length ?? 0) + CHARACTERS_PER_VALUE;
    }
    const limit = this.#table === undefined ? SPILL_CHARACTERS : CHUNK_CHARACTERS;
    if (this.#characters > limit && this.#run.maySpill && this.#columns.length > 0) await this.#spill();
  }

  /** Makes the rows known to the queries that read them. */
  async finish(): Promise<void> {
    if (this.#table !== undefined) {
      if (this.#batches.length > 0) await this.#spill();
      return;
    }
    const [first] = this.#batches;
    this.#run.rows.set(
      this.#relation,
      first === undefined ? new RowBatch(0) : RowBatch.concat(this.#batches, first.names),
    );
  }

  async #spill(): Promise<void> {
    const { connection } = this.#run;
    const rows = RowBatch.concat(this.#batches, this.#batches[0]?.names ?? []);
    this.#batches = [];
    this.#characters = 0;
    const created = this.#table === undefined ? this.#createTable() : undefined;
    created?.catch(() => {}); // reported by the INSERT behind it
    const names = this.#columns.map((_, i) => `v${i + 1}`);
    const arrays = names.map((_, i) => `$${i + 2}::pg_catalog.text[]`);
    // PostgreSQL knows the form with several arrays by the bare name only, and then always means its own.
    const unnest = arrays.length === 1 ? 'pg_catalog.unnest' : 'unnest';
    const values = this.#columns.map((column) => arrayLiteral(rows.get(operandColumn(this.#run, rows, column))));
    await connection.run(
      `INSERT INTO ${this.#table} SELECT ${names.map((name) => `u.${name}`).join(', ')},
         u.n OPERATOR(pg_catalog.+) $1::pg_catalog.int8
       FROM ${unnest}(${arrays.join(', ')}) WITH ORDINALITY AS u(${[...names, 'n'].join(', ')})`,
      { values: [String(this.#stored), ...values] },
    );
    this.#stored += rows.length;
  }

  /** Columns of text, as the values come and go; a name that no other statement of the session has. */
  async #createTable(): Promise<void> {
    this.#table = `pg_temp.aws_ml_rows_${randomBytes(8).toString('hex')}`;
    this.#run.tables.set(this.#relation, this.#table);
    const columns = this.#columns.map((column) => `${column} pg_catalog.text`);
    const list = [...columns, `${ROW_NUMBER} pg_catalog.int8`].join(', ');
    await this.#run.connection.run(
      `CREATE TEMP TABLE ${this.#table.slice('pg_temp.'.length)} (${list}) ON COMMIT DROP`,
    );
  }
}

/** An open transaction block goes on without the tables of the statement; without a block they end with it. */
export function dropTables({ connection, tables }: StatementRun): void {
  // After an error the server undoes them itself.
  for (const table of tables.values()) connection.run(`DROP TABLE ${table}`).catch(() => {});
}
