import type { StatementInvocations } from 'aws-ml-core';
import type { Node } from 'pg-rewriter';
import type { StatementContext } from '../engine/session-context.js';
import { type Backend, beginLive, endLive } from '../extension/live-results.js';
import { setLiveTimeout, setSessionStubMode, setStubMode } from '../extension/stub-mode.js';
import { newNonce, readStubReport, type StubReport } from '../extension/stub-report.js';
import type { CallOutcomes } from '../replay/call-outcomes.js';
import { featureNotSupported } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';

/** How long one call waits where the session has no statement_timeout. */
const DEFAULT_TIMEOUT_MS = 300_000;
const FETCH_ROWS = 1000;
const PORTAL = 'aws_ml_live';
const RETRY_MS = 200;

/** Whether the session is one in which a statement sees results that arrive while it runs. */
export function canRunLive({ session }: StatementContext): boolean {
  return session.transactionIsolation === 'read committed' && !session.readOnly && !session.inRecovery;
}

/**
 * Runs a statement as it is, while each ML call waits for its own result: one input a request, in order. Leaves the
 * connection synced.
 *
 * @param outcomes results that are known already; they need no request
 */
export async function runLive(context: StatementContext, node: Node, outcomes: CallOutcomes): Promise<void> {
  if (!canRunLive(context)) {
    throw featureNotSupported(
      'the ML calls of the statement need their results while it runs',
      'Run it in a READ COMMITTED transaction that may write: only there a statement sees what arrives meanwhile.',
    );
  }
  const { state, signal, watch: observer } = context;
  await state.answering.acquire();
  const invocations = state.invoker.openStatement({ signal, isolateErrors: true, observer });
  try {
    await new LiveStatement(context, outcomes, invocations).run(endsTransactions(node, context));
  } finally {
    invocations.close();
    state.answering.release();
  }
}

/** Whether the statement may COMMIT on its way: only where no block is open. */
const endsTransactions = (node: Node, { connection }: StatementContext): boolean =>
  ('CallStmt' in node || 'DoStmt' in node) && connection.transactionStatus === 'I';

class LiveStatement {
  readonly #context: StatementContext;
  readonly #outcomes: CallOutcomes;
  readonly #invocations: StatementInvocations;
  readonly #nonce = newNonce();
  #ended = false;
  #backend: Backend | undefined;

  constructor(context: StatementContext, outcomes: CallOutcomes, invocations: StatementInvocations) {
    this.#context = context;
    this.#outcomes = outcomes;
    this.#invocations = invocations;
  }

  async run(endsTransactions: boolean): Promise<void> {
    const { connection, state } = this.#context;
    connection.filterNotices((notice) => {
      const report = readStubReport(notice, this.#nonce);
      if (report !== undefined) void this.#answer(report);
      return report !== undefined;
    });
    try {
      await (endsTransactions ? this.#runAcrossTransactions() : this.#runInTransaction());
    } catch (error) {
      await connection.sync().catch(() => this.#abandon());
      throw error;
    } finally {
      this.#ended = true;
      connection.filterNotices(undefined);
      state.answering.forget(this.#nonce).catch(() => {});
    }
  }

  /** The connection is lost: what waits there would wait on. */
  async #abandon(): Promise<void> {
    if (this.#backend !== undefined) await this.#context.state.answering.terminate(this.#backend).catch(() => {});
  }

  async #begin(): Promise<void> {
    this.#backend = await beginLive(this.#context.connection, this.#nonce);
  }

  /** All that is ours ends with the transaction, or before it in an open block. */
  async #runInTransaction(): Promise<void> {
    const { connection, statement, sink } = this.#context;
    const sent = [this.#begin(), setLiveTimeout(connection, this.#timeout), setStubMode(connection, 'live')];
    for (const one of sent) one.catch(() => {});
    const fields = await connection.openPortal(PORTAL, statement.text, {
      values: statement.values ?? [],
      types: statement.types ?? [],
    });
    if (fields !== null) await sink.rowDescription(fields);
    for (;;) {
      const { rows, done, commandTag } = await connection.fetch(PORTAL, FETCH_ROWS);
      if (rows.length > 0) await sink.rows(rows);
      if (!done) continue;
      await connection.closePortal(PORTAL);
      await Promise.all([setStubMode(connection, 'off'), endLive(connection, this.#nonce)]);
      await connection.sync();
      sink.commandComplete(commandTag);
      return;
    }
  }

  async #runAcrossTransactions(): Promise<void> {
    const { connection, statement, sink } = this.#context;
    // Nothing of the current transaction belongs to the statement's first one.
    await connection.sync();
    await Promise.all([
      this.#begin(),
      setLiveTimeout(connection, this.#timeout, 'session'),
      setSessionStubMode(connection, 'live'),
    ]);
    await connection.sync();
    try {
      const { values = [], types = [] } = statement;
      const result = await connection.run(statement.text, { values, types });
      await connection.sync();
      if (result.fields !== null) {
        await sink.rowDescription(result.fields);
        await sink.rows(result.rows);
      }
      sink.commandComplete(result.commandTag);
    } finally {
      await this.#leaveSession(connection);
    }
  }

  async #leaveSession(connection: ServerConnection): Promise<void> {
    await connection.sync().catch(() => {});
    await Promise.all([
      setSessionStubMode(connection, 'off'),
      setLiveTimeout(connection, DEFAULT_TIMEOUT_MS, 'session'),
      endLive(connection, this.#nonce),
    ]);
    await connection.sync();
  }

  get #timeout(): number {
    const { statementTimeout } = this.#context.session;
    return statementTimeout > 0 ? statementTimeout : DEFAULT_TIMEOUT_MS;
  }

  /** Gets the outcome of a waiting call to it. While the second connection is away, until it is back. */
  async #answer({ call, number }: StubReport): Promise<void> {
    if (number === null) return;
    const outcome = await this.#outcomes.outcomeOf(call, this.#invocations);
    while (!this.#ended) {
      try {
        await this.#context.state.answering.answer(this.#nonce, number, outcome);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
