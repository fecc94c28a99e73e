import { poolModels } from '../models/pool-models.js';
import type { EngineState } from '../pool-state/engine-state.js';
import type { ResultSink, StatementRunner } from '../server/statement.js';
import { modelNotReadyCode, modelNotReadyHint } from '../stubs/sql/models.js';
import { mayRunAgain } from './may-run-again.js';

/**
 * Where a statement comes to the function of a model that isn't ready, the steps of the models are taken that can be taken now.
 * Then it runs again, if the first run has left nothing behind and nobody has seen anything of it: to succeed, or to say how
 * far the model is by now.
 */
export const lookingAtModels =
  (state: EngineState, run: StatementRunner): StatementRunner =>
  async (connection, statement, sink, signal) => {
    const outside = connection.transactionStatus === 'I';
    const watched = new WatchedSink(sink);
    try {
      return await run(connection, statement, watched, signal);
    } catch (error) {
      if (!isNotReady(error)) throw error;
      // Where AWS can't be asked, the statement's own error says enough.
      await poolModels(state)
        .advance()
        .catch(() => {});
      const nodes = state.statements.parse(statement.text).map(({ node }) => node);
      if (!outside || watched.used || !(await mayRunAgain(state, connection, nodes, statement.text))) throw error;
      return run(connection, statement, sink, signal);
    }
  };

function isNotReady(error: unknown): boolean {
  const { code, hint } = (error ?? {}) as { code?: unknown; hint?: unknown };
  return code === modelNotReadyCode && hint === modelNotReadyHint;
}

/** Knows whether anything of an answer was seen. */
class WatchedSink implements ResultSink {
  readonly #sink: ResultSink;
  used = false;

  constructor(sink: ResultSink) {
    this.#sink = sink;
  }

  rowDescription(...args: Parameters<ResultSink['rowDescription']>): void | Promise<void> {
    this.used = true;
    return this.#sink.rowDescription(...args);
  }

  rows(...args: Parameters<ResultSink['rows']>): void | Promise<void> {
    this.used = true;
    return this.#sink.rows(...args);
  }

  commandComplete(commandTag: string): void {
    this.used = true;
    this.#sink.commandComplete(commandTag);
  }
}
