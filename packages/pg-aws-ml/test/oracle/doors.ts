import { setTimeout } from 'node:timers/promises';
import type { LocalServices } from 'aws-ml-local';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { forcedWay } from '../../src/pool-state/forced-way.js';
import type { DatabaseAddress } from '../support/postgres.js';
import { WAYS, type Way } from './ways.js';

/** By what clients reach the engine: our Pool, or plain pg through the proxy. */
export const DOOR = process.env.ORACLE_DOOR === 'proxy' ? 'proxy' : 'pool';
/** Whether all statements, natively too, have their results in binary. */
export const BINARY = process.env.ORACLE_BINARY !== undefined;

/** A pool for each way in which statements may run. */
export interface Ways {
  readonly pools: Readonly<Record<Way, pg.Pool>>;
  close(): Promise<void>;
}

export interface WaysOptions extends DatabaseAddress {
  readonly options?: string;
  /** What a failed call gives. */
  readonly onError?: 'fail' | 'null';
}

export async function openWays(database: WaysOptions, services: LocalServices): Promise<Ways> {
  const opened = await Promise.all(WAYS.map((way) => open(way, database, services)));
  return {
    pools: Object.fromEntries(opened.map(({ pool }, i) => [WAYS[i], pool])) as unknown as Record<Way, pg.Pool>,
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

async function open(way: Way, { onError = 'fail', ...address }: WaysOptions, services: LocalServices) {
  const forced = way === 'chosen' ? {} : { [forcedWay]: way };
  const awsMl = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'oracle', secretAccessKey: 'oracle' },
    endpoints: { comprehend: services.url, sagemaker: services.url, bedrock: services.url },
    onError,
    ...forced,
  };
  const config = { ...address, max: 2, ...(BINARY && { binary: true }) };
  if (DOOR === 'pool') {
    const pool = new Pool({ ...config, awsMl });
    return { pool, close: () => pool.end() };
  }
  const { startProxy } = await import('pg-aws-ml-proxy');
  const { host, port, user } = address;
  const upstream = `postgres://${user}@${host}:${port}?sslmode=disable`;
  const proxy = await startProxy({ listen: '0', upstream, awsMl });
  const pool = new pg.Pool({ ...config, connectionString: undefined, host: '127.0.0.1', port: proxy.port });
  return {
    pool,
    close: async () => {
      await pool.end();
      // The pool does not wait until its clients' farewells have arrived.
      while (proxy.sessions.size > 0) await setTimeout(5);
      await proxy.close();
    },
  };
}
