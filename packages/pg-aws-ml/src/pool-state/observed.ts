import { type Node, statementFingerprint } from 'pg-rewriter';
import { commandOf } from '../recognise/statement-kind.js';
import type { AnswerRow, FieldDescription } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';
import type { StatementContext } from './statement-context.js';

/** Runs a planned statement that makes ML calls, under the eyes of whoever observes the pool. */
export async function observed<T>(
  context: StatementContext,
  node: Node,
  work: (context: StatementContext) => Promise<T>,
): Promise<T> {
  const { recognisedAt } = context;
  const start = {
    command: commandOf(node),
    recognisedAt,
    plannedAt: performance.now(),
    fingerprint: () => statementFingerprint(node),
  };
  const watch = context.state.observability.statement(start);
  if (watch === undefined) return work(context);
  const sink = new CountingSink(context.sink);
  const run = async () => {
    try {
      const done = await work({ ...context, sink, watch });
      watch.ended?.({ rows: sink.count, failure: undefined });
      return done;
    } catch (error) {
      watch.ended?.({ rows: sink.count, failure: failureOf(error) });
      throw error;
    }
  };
  return watch.within === undefined ? run() : watch.within(run);
}

/** SQLSTATE or class of an error: its message may hold values of rows. */
function failureOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return typeof name === 'string' && /^\w{1,100}$/.test(name) ? name : 'Error';
}

/** Counts the rows of an answer on their way. */
class CountingSink implements ResultSink {
  readonly #sink: ResultSink;
  count = 0;

  constructor(sink: ResultSink) {
    this.#sink = sink;
  }

  rowDescription(fields: readonly FieldDescription[]): void | Promise<void> {
    return this.#sink.rowDescription(fields);
  }

  rows(rows: readonly AnswerRow[]): void | Promise<void> {
    this.count += rows.length;
    return this.#sink.rows(rows);
  }

  commandComplete(commandTag: string): void {
    this.#sink.commandComplete(commandTag);
  }
}
