import pg from 'pg';
import { answerLive, type Backend, endLive, terminateBackend } from '../extension/live-results.js';
import type { CallOutcome } from '../extension/replay-results.js';
import type { ConnectionChange } from '../observability/pool-observer.js';
import { PgServerConnection } from '../server/pg-server-connection.js';
import type { ProtocolConnection } from '../server/protocol-connection.js';

/** Without a live statement for so long, the connection is closed. */
const IDLE_MS = 10_000;

interface Opened {
  readonly client: pg.Client;
  readonly connection: PgServerConnection;
}

/**
 * The second connection of a pool, over which waiting calls get their results. Opened when the first statement runs
 * live, with the parameters of the pool's own clients; it keeps no process alive.
 */
export class AnsweringConnection {
  readonly #onChange: (change: ConnectionChange) => void;
  #parameters: pg.ClientConfig | undefined;
  #opening: Promise<Opened> | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(onChange: (change: ConnectionChange) => void) {
    this.#onChange = onChange;
  }

  /** Takes over how a client of the pool connects. */
  connectAs(client: pg.Client): void {
    this.#parameters ??= parametersOf(client);
  }

  /** Opens it where it isn't open. To be called before a statement starts to wait; `release` when it has ended. */
  async acquire(): Promise<void> {
    this.#users += 1;
    clearTimeout(this.#idle);
    try {
      await this.#open();
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    this.#idle.unref();
  }

  /** Hands a waiting call its outcome. */
  async answer(nonce: string, number: string, outcome: CallOutcome): Promise<void> {
    const { connection } = await this.#open();
    await both(answerLive(connection, nonce, number, outcome), connection.sync());
  }

  /** Removes the answers of a live statement that has ended. */
  async forget(nonce: string): Promise<void> {
    const { connection } = await this.#open();
    await both(endLive(connection, nonce), connection.sync());
  }

  /** Ends the process of a live statement whose client is lost. */
  async terminate(backend: Backend): Promise<void> {
    const { connection } = await this.#open();
    await both(terminateBackend(connection, backend), connection.sync());
  }

  close(): void {
    clearTimeout(this.#idle);
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    this.#onChange('closed');
    opening.then(({ client }) => end(client)).catch(() => {});
  }

  #open(): Promise<Opened> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = open(this.#parameters ?? {}, () => this.#lose(opening));
    this.#opening = opening;
    opening.then(
      () => this.#onChange('opened'),
      () => this.#lose(opening),
    );
    return opening;
  }

  #lose(opening: Promise<Opened>): void {
    if (this.#opening !== opening) return;
    this.#opening = undefined;
    this.#onChange('lost');
  }
}

async function open(parameters: pg.ClientConfig, onLoss: () => void): Promise<Opened> {
  const client = new pg.Client(parameters);
  client.on('error', onLoss);
  client.on('end', onLoss);
  await client.connect();
  // Nobody needs an answer after a crash.
  await client.query(
    'SET synchronous_commit = off; SET default_transaction_read_only = off; SET statement_timeout = 0',
  );
  (client as unknown as { unref(): void }).unref();
  const protocol = (client as unknown as { connection: ProtocolConnection }).connection;
  return { client, connection: new PgServerConnection(protocol, 'I', onLoss) };
}

async function end(client: pg.Client): Promise<void> {
  client.removeAllListeners('error');
  client.on('error', () => {});
  await client.end();
}

/** Both were sent; the first failure counts. */
async function both(...sent: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(sent)).find((s) => s.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface ClientInternals {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: pg.ClientConfig['password'];
  readonly ssl: pg.ClientConfig['ssl'];
  readonly connectionParameters: { readonly options?: string };
}

function parametersOf(client: pg.Client): pg.ClientConfig {
  const { host, port, user, database, password, ssl, connectionParameters } = client as unknown as ClientInternals;
  const { options } = connectionParameters;
  return {
    host,
    port,
    user,
    database,
    password,
    ssl,
    application_name: 'pg-aws-ml',
    ...(options === undefined ? {} : { options }),
  };
}
