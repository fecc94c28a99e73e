import type { AnswerRow, FieldDescription } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';

/** Keeps a result until it may be seen. */
export class HeldResult implements ResultSink {
  #fields: readonly FieldDescription[] | undefined;
  readonly #rows: (readonly AnswerRow[])[] = [];
  #commandTag = '';

  rowDescription(fields: readonly FieldDescription[]): void {
    this.#fields = fields;
  }

  rows(rows: readonly AnswerRow[]): void {
    this.#rows.push(rows);
  }

  commandComplete(commandTag: string): void {
    this.#commandTag = commandTag;
  }

  async passTo(sink: ResultSink): Promise<void> {
    if (this.#fields !== undefined) await sink.rowDescription(this.#fields);
    for (const rows of this.#rows) await sink.rows(rows);
    sink.commandComplete(this.#commandTag);
  }
}
