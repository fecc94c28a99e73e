import type { StatementInvocations } from 'aws-ml-core';
import type { StatementContext } from '../pool-state/statement-context.js';
import { featureNotSupported } from '../server/database-error.js';
import type { ServerConnection, ServerNotice } from '../server/server-connection.js';
import type { CallOutcomes } from '../stubs/call-outcomes.js';
import { type Backend, beginLive, endLive } from '../stubs/live-results.js';
import {
  endStubMode,
  type SettingScope,
  setLiveMode,
  setLiveTimeout,
  unwatchClient,
  watchClient,
} from '../stubs/stub-mode.js';
import { newNonce, readStubReport, type StubReport } from '../stubs/stub-report.js';

/** How long one call waits where the session has no statement_timeout. */
const DEFAULT_TIMEOUT_MS = 300_000;
const RETRY_MS = 200;

/** Whether the session is one in which a statement sees results that arrive while it runs. */
export function canRunLive({ session }: StatementContext): boolean {
  return session.transactionIsolation === 'read committed' && !session.readOnly && !session.inRecovery;
}

/** The calls of one statement that wait, one by one, for their results from a second connection. */
export class LiveCalls {
  readonly #context: StatementContext;
  readonly #outcomes: CallOutcomes;
  readonly #invocations: StatementInvocations;
  readonly #nonce = newNonce();
  #ended = false;
  #backend: Promise<Backend> | undefined;

  private constructor(context: StatementContext, outcomes: CallOutcomes) {
    this.#context = context;
    this.#outcomes = outcomes;
    const { state, signal, watch: observer, statement: budgetOwner } = context;
    this.#invocations = state.invoker.openStatement({ signal, isolateErrors: true, observer, budgetOwner });
  }

  /**
   * Opens the second connection. To be closed when the statement has ended.
   *
   * @param outcomes results that are known already; they need no request
   */
  static async open(context: StatementContext, outcomes: CallOutcomes): Promise<LiveCalls> {
    if (!canRunLive(context)) {
      throw featureNotSupported(
        'the ML calls of the statement need their results while it runs',
        'Run it in a READ COMMITTED transaction that may write: only there a statement sees what arrives meanwhile.',
      );
    }
    const { answering } = context.state;
    await answering.acquire();
    answering.forgetEnded().catch(() => {});
    return new LiveCalls(context, outcomes);
  }

  /** Lets ML functions wait for results: in the open transaction, or in the session until `leave`. */
  async enter(scope: SettingScope): Promise<void> {
    const { connection, session } = this.#context;
    const timeout = session.statementTimeout > 0 ? session.statementTimeout : DEFAULT_TIMEOUT_MS;
    this.#backend = beginLive(connection, this.#nonce);
    await Promise.all([
      this.#backend,
      setLiveTimeout(connection, timeout, scope),
      setLiveMode(connection, scope),
      watchClient(connection, scope),
    ]);
  }

  async leave(connection: ServerConnection, scope: SettingScope): Promise<void> {
    await Promise.all([
      endStubMode(connection, scope),
      unwatchClient(connection, scope),
      ...(scope === 'session' ? [setLiveTimeout(connection, DEFAULT_TIMEOUT_MS, scope)] : []),
      endLive(connection, this.#nonce),
    ]);
  }

  /** Takes the report of a waiting call; it gets its outcome as soon as that is there. False for other notices. */
  take(notice: ServerNotice): boolean {
    const report = readStubReport(notice, this.#nonce);
    if (report !== undefined) void this.#answer(report);
    return report !== undefined;
  }

  /** The connection is lost: what waits there would wait on. */
  async abandon(): Promise<void> {
    const { answering } = this.#context.state;
    await this.#backend?.then((backend) => answering.terminate(backend)).catch(() => {});
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { answering } = this.#context.state;
    answering.forget(this.#nonce).catch(() => {});
    this.#invocations.close();
    answering.release();
  }

  /** While the second connection is away, until it is back. */
  async #answer({ call, number }: StubReport): Promise<void> {
    const backend = await this.#backend?.catch(() => undefined);
    if (number === null || backend === undefined) return;
    const outcome = await this.#outcomes.outcomeOf(call, this.#invocations);
    while (!this.#ended) {
      try {
        await this.#context.state.answering.answer(this.#nonce, number, backend, outcome);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
