import type { Command } from 'commander';
import type pg from 'pg';
import { type AwsMlOptions, Pool, type PoolConfig } from '../index.js';
import { StartFailure } from './failure.js';
import { describeError } from './output/error-text.js';

export interface ConnectionFlags {
  readonly url?: string;
  readonly region?: string;
  readonly onError?: 'fail' | 'null';
}

export function addConnectionOptions(command: Command): Command {
  return command
    .option('--url <url>', 'connection string (default: the PG* environment variables)')
    .option('--region <name>', 'AWS region (default: where the AWS SDK finds it)');
}

export function poolConfig({ url, region, onError }: ConnectionFlags): PoolConfig {
  const awsMl: AwsMlOptions = { region, onError };
  return { ...(url !== undefined && { connectionString: url }), application_name: 'pg-aws-ml', awsMl };
}

/**
 * Runs work on one connection, and ends it whatever happens. NOTICEs go to standard error.
 *
 * @throws StartFailure where the server cannot be reached.
 */
export async function withConnection<T>(
  flags: ConnectionFlags,
  work: (client: pg.PoolClient, pool: Pool) => Promise<T>,
): Promise<T> {
  const pool = new Pool(poolConfig(flags));
  // A connection that is lost while idle: the next statement says so.
  pool.on('error', () => {});
  try {
    const client = await pool.connect().catch((error: unknown) => {
      throw new StartFailure(`could not connect: ${describeError(error)}`);
    });
    client.on('notice', ({ severity, message }) => process.stderr.write(`${severity ?? 'NOTICE'}:  ${message}\n`));
    try {
      return await work(client, pool);
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}
