import type pg from 'pg';
import { type AwsMlOptions, Client, Pool, type PoolConfig } from '../index.js';
import { printNotice, refuse } from './connect-plainly.js';
import { type ConnectionFlags, clientConfig } from './connection-options.js';
import { providePassword } from './password.js';

function poolConfig(flags: ConnectionFlags): PoolConfig {
  const { region, onError } = flags;
  const awsMl: AwsMlOptions = { region, onError };
  return { ...clientConfig(flags), awsMl };
}

const lost = new WeakSet<pg.ClientBase>();

/** Whether an error of a statement is that of its connection: the server has ended the session, or is gone. */
export const hasLostConnection = (client: pg.ClientBase, error: unknown): boolean =>
  lost.has(client) && !(error as { severity?: string }).severity;

/**
 * Runs work on a connection of the Pool, and ends it whatever happens. NOTICEs go to standard error.
 *
 * @throws ConnectionFailure where the server cannot be reached.
 */
export async function withConnection<T>(
  flags: ConnectionFlags,
  work: (client: pg.PoolClient, pool: Pool) => Promise<T>,
): Promise<T> {
  const clients: pg.Client[] = [];
  class OurClient extends Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      providePassword(this);
      clients.push(this);
    }
  }
  const pool = new Pool({ ...poolConfig(flags), Client: OurClient } as PoolConfig);
  // A connection that is lost while idle: the next statement says so.
  pool.on('error', () => {});
  try {
    const client = await pool.connect().catch((error: unknown) => refuse(error, clients));
    client.on('notice', printNotice);
    client.on('error', () => lost.add(client));
    try {
      return await work(client, pool);
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}
