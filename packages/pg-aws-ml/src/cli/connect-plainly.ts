import pg from 'pg';
import { type ConnectionFlags, clientConfig } from './connection-options.js';
import { ConnectionFailure } from './failure.js';
import { describeError } from './output/error-text.js';
import { providePassword } from './password.js';

/**
 * Runs work on a connection of pg's own, for what is not the Pool's business, and ends it whatever happens.
 *
 * @throws ConnectionFailure where the server cannot be reached.
 */
export async function withPlainConnection<T>(
  flags: ConnectionFlags,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(clientConfig(flags));
  providePassword(client);
  client.on('error', () => {});
  client.on('notice', printNotice);
  await client.connect().catch((error: unknown) => refuse(error, [client]));
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** pg leaves a connection open whose authentication has failed: the process would wait for the server to close it. */
export function refuse(error: unknown, clients: readonly pg.Client[]): never {
  for (const client of clients) streamOf(client).destroy();
  throw new ConnectionFailure(`could not connect: ${describeError(error)}`);
}

const streamOf = (client: pg.Client) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;

interface Notice {
  readonly severity: string | undefined;
  readonly message: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

export function printNotice({ severity, message, detail, hint }: Notice): void {
  process.stderr.write(`${describeError({ severity: severity ?? 'NOTICE', message, detail, hint })}\n`);
}
