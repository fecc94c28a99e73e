import type { ConnectionChange } from '../observability/pool-observer.js';
import { type Connect, OwnConnection } from '../server/own-connection.js';
import type { ServerConnection } from '../server/server-connection.js';
import {
  answerLive,
  type Backend,
  cancelBackend,
  forgetEndedLive,
  forgetLive,
  terminateBackend,
} from '../stubs/live-results.js';
import type { CallOutcome } from '../stubs/replay-results.js';

/** Without a live statement for so long, the connection is closed. */
const IDLE_MS = 10_000;

/** Nobody needs an answer after a crash. */
const SET_UP = 'SET synchronous_commit = off; SET default_transaction_read_only = off; SET statement_timeout = 0';

/** The second connection of a pool, over which waiting calls get their results. */
export class AnsweringConnection {
  readonly #own: OwnConnection;

  constructor(onChange: (change: ConnectionChange) => void) {
    this.#own = new OwnConnection({ idleMs: IDLE_MS, setUp: SET_UP, onChange });
  }

  /** Takes over how a client connects: the first one's way stays. */
  connectBy(connect: Connect): void {
    this.#own.connectBy(connect);
  }

  /** Opens it where it isn't open. To be called before a statement starts to wait; `release` when it has ended. */
  async acquire(): Promise<void> {
    await this.#own.acquire();
  }

  release(): void {
    this.#own.release();
  }

  /** Hands a waiting call its outcome. */
  async answer(nonce: string, number: string, backend: Backend, outcome: CallOutcome): Promise<void> {
    await this.#send((connection) => answerLive(connection, nonce, number, backend, outcome));
  }

  /** Removes the answers of a live statement that has ended. */
  async forget(nonce: string): Promise<void> {
    await this.#send((connection) => forgetLive(connection, nonce));
  }

  /** Removes the answers of statements whose processes have ended. */
  async forgetEnded(): Promise<void> {
    await this.#send(forgetEndedLive);
  }

  /** Ends what a process runs, as `pg_cancel_backend` does. Nothing happens where it has ended already. */
  async cancel(backend: Backend): Promise<void> {
    await this.#send((connection) => cancelBackend(connection, backend));
  }

  /** Ends the process of a live statement whose client is lost. */
  async terminate(backend: Backend): Promise<void> {
    await this.#send((connection) => terminateBackend(connection, backend));
  }

  close(): void {
    void this.#own.close();
  }

  async #send(send: (connection: ServerConnection) => Promise<unknown>): Promise<void> {
    const connection = await this.#own.current();
    const outcomes = await Promise.allSettled([send(connection), connection.sync()]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
