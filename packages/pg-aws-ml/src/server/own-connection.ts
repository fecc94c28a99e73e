import pg from 'pg';
import { PgServerConnection } from './pg-server-connection.js';
import type { ProtocolConnection } from './protocol-connection.js';

interface Opened {
  readonly client: pg.Client;
  readonly connection: PgServerConnection;
}

export interface OwnConnectionOptions {
  /** Without a user for so long, it is closed. */
  readonly idleMs: number;
  /** SQL for the start of a session. */
  readonly setUp?: string;
  /** `lost` also where it could not be opened. */
  readonly onChange?: (change: 'opened' | 'closed' | 'lost') => void;
}

/**
 * A connection that a pool has beside those of its clients, with their parameters. Opened when somebody needs it, closed
 * when nobody has needed it for a while; unused, it keeps no process alive.
 */
export class OwnConnection {
  readonly #options: OwnConnectionOptions;
  #parameters: pg.ClientConfig | undefined;
  #opening: Promise<Opened> | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: OwnConnectionOptions) {
    this.#options = options;
  }

  /** Takes over how a client of the pool connects. */
  connectAs(client: pg.Client): void {
    this.#parameters ??= parametersOf(client);
  }

  /** Opens it where it isn't open. To be released when it is no longer needed. */
  async acquire(): Promise<PgServerConnection> {
    this.#users += 1;
    clearTimeout(this.#idle);
    try {
      const { client, connection } = await this.#open();
      setReferenced(client, true);
      return connection;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#opening?.then(({ client }) => this.#users === 0 && setReferenced(client, false)).catch(() => {});
    this.#idle = setTimeout(() => void this.close(), this.#options.idleMs);
    this.#idle.unref();
  }

  /** The connection of those who have acquired it; another one where it was lost. */
  async current(): Promise<PgServerConnection> {
    return (await this.#open()).connection;
  }

  /** Breaks it, with all that waits for its answers. The next user gets another one. */
  destroy(): void {
    const opening = this.#opening;
    if (opening !== undefined) this.#lose(opening);
    opening?.then(({ client }) => streamOf(client).destroy()).catch(() => {});
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening !== undefined) this.#options.onChange?.('closed');
    await opening?.then(({ client }) => end(client)).catch(() => {});
  }

  #open(): Promise<Opened> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = open(this.#parameters ?? {}, this.#options.setUp, () => this.#lose(opening));
    this.#opening = opening;
    opening.then(
      () => this.#options.onChange?.('opened'),
      () => this.#lose(opening),
    );
    return opening;
  }

  #lose(opening: Promise<Opened>): void {
    if (this.#opening !== opening) return;
    this.#opening = undefined;
    this.#options.onChange?.('lost');
  }
}

async function open(parameters: pg.ClientConfig, setUp: string | undefined, onLoss: () => void): Promise<Opened> {
  const client = new pg.Client(parameters);
  client.on('error', onLoss);
  client.on('end', onLoss);
  await client.connect();
  if (setUp !== undefined) await client.query(setUp);
  const protocol = (client as unknown as { connection: ProtocolConnection }).connection;
  return { client, connection: new PgServerConnection(protocol, 'I', onLoss) };
}

async function end(client: pg.Client): Promise<void> {
  client.removeAllListeners('error');
  client.on('error', () => {});
  // A process that awaits the end must not stop before it.
  setReferenced(client, true);
  await client.end();
}

/** Whether the process waits for it. */
function setReferenced(client: pg.Client, referenced: boolean): void {
  const { ref, unref } = client as unknown as { ref(): void; unref(): void };
  (referenced ? ref : unref).call(client);
}

const streamOf = (client: pg.Client) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;

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
