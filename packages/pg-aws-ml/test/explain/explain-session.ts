import { type LocalServices, startLocalServices } from 'aws-ml-local';
import type pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

/** A database with the extension, reached through the Pool; the services are local. */
export interface ExplainSession {
  readonly address: DatabaseAddress;
  /** A pool of one connection. */
  readonly pool: Pool;
  readonly services: LocalServices;
  query(sql: string, values?: unknown[]): Promise<pg.QueryResult>;
  /** The plan as text, one line an element. */
  plan(sql: string, values?: unknown[]): Promise<string[]>;
  /** Requests to the services since the last call. */
  requests(): number;
  end(): Promise<void>;
}

export async function openExplainSession(setup: readonly string[]): Promise<ExplainSession> {
  const services = await startLocalServices();
  const address = await createTestDatabase();
  const endpoints = { comprehend: services.url, sagemaker: services.url, bedrock: services.url };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const pool = new Pool({ ...address, max: 1, awsMl: { region: 'us-east-1', credentials, endpoints } });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  for (const statement of setup) await pool.query(statement);
  return {
    address,
    pool,
    services,
    query: (sql, values) => pool.query(sql, values),
    async plan(sql, values) {
      const { rows } = await pool.query({ text: sql, rowMode: 'array', ...(values && { values }) });
      return rows.map(([line]) => String(line));
    },
    requests() {
      const count = services.requests.entries.length;
      services.resetRequests();
      return count;
    },
    async end() {
      await pool.end();
      await services.close();
    },
  };
}
