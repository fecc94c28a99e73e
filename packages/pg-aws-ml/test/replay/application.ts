import { type LocalServices, type LocalServicesOptions, startLocalServices } from 'aws-ml-local';
import { Pool, type PoolClient, type PoolConfig } from 'pg-aws-ml';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

/** An application with a pool on a database of its own, and local services that count its requests. */
export interface Application {
  readonly pool: Pool;
  readonly database: DatabaseAddress;
  readonly services: LocalServices;
  /** The batch sizes of the requests since the last look. */
  requests(): number[];
  /** The rows of a query, as arrays. */
  rows(sql: string, values?: unknown[], client?: Pool | PoolClient): Promise<unknown[][]>;
  end(): Promise<void>;
}

/** Texts with `bad` are NEGATIVE, others POSITIVE; the endpoints `sum` and `echo` are there. */
export async function startApplication(
  options: { awsMl?: PoolConfig['awsMl']; services?: LocalServicesOptions; max?: number } = {},
): Promise<Application> {
  const services = await startLocalServices({
    sentiment: (text) => (text.includes('bad') ? 'NEGATIVE' : 'POSITIVE'),
    endpoints: { sum: 'sum', echo: 'echo' },
    ...options.services,
  });
  const database = await createTestDatabase();
  const pool = new Pool({
    ...database,
    max: options.max ?? 3,
    awsMl: {
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      endpoints: { comprehend: services.url, sagemaker: services.url, bedrock: services.url },
      ...options.awsMl,
    },
  });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  let seen = 0;
  return {
    pool,
    database,
    services,
    requests() {
      const sizes = services.requests.entries.slice(seen).map((entry) => entry.batchSize);
      seen = services.requests.entries.length;
      return sizes;
    },
    async rows(sql, values = [], client = pool) {
      return (await client.query({ text: sql, values, rowMode: 'array' })).rows as unknown[][];
    },
    async end() {
      await pool.end();
      await services.close();
    },
  };
}

/** The sentiment of an SQL expression. */
export const mood = (expression: string): string => `(aws_comprehend.detect_sentiment(${expression}, 'en')).sentiment`;
