import type { StatementContext } from '../pool-state/statement-context.js';
import type { AnswerRow, RawResult } from '../server/server-connection.js';
import { settle } from '../server/transaction.js';
import { withOverloads } from './with-overloads.js';

/** Runs the statement on the server as it is (or as `text` has it), where its answer or its failure concerns us. */
export async function runNatively(context: StatementContext, text = context.statement.text): Promise<void> {
  const { connection, statement } = context;
  const { values = [], types = [], resultFormats } = statement;
  const result = await withOverloads(context, () => connection.runAnswer(text, { values, types, resultFormats }));
  await settle(context);
  await answer(context, result);
}

export async function answer({ sink }: StatementContext, result: RawResult<AnswerRow>): Promise<void> {
  if (result.fields !== null) {
    await sink.rowDescription(result.fields);
    if (result.rows.length > 0) await sink.rows(result.rows);
  }
  sink.commandComplete(result.commandTag);
}
