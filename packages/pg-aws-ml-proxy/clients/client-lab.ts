import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { startProxy } from '../src/index.js';
import { createTestDatabase, type DatabaseAddress } from '../test/support/postgres.js';
import { RequestWatch } from './request-watch.js';

/** The tables of the programs' `features`. */
export const clientTables = `
  CREATE TABLE docs (id int PRIMARY KEY, lang text NOT NULL, body text, price numeric(8,2), at timestamptz, tags text[]);
  INSERT INTO docs SELECT i, 'en', 'text ' || i, i * 1.25, timestamptz '2024-01-01 00:00+00' + i * interval '1 h', ARRAY['a', 'b' || i]
    FROM generate_series(1, 30) i;
  CREATE TABLE moods (id int PRIMARY KEY, mood text)`;

/** A database, a proxy before it, and services. */
export interface ClientLab {
  readonly services: LocalServices;
  readonly through: DatabaseAddress;
  readonly direct: DatabaseAddress;
  readonly watch: RequestWatch;
  close(): Promise<void>;
}

export async function openClientLab(answers: Parameters<typeof startLocalServices>[0]): Promise<ClientLab> {
  const services = await startLocalServices(answers);
  const direct = await createTestDatabase();
  const { url } = services;
  const watch = new RequestWatch();
  const proxy = await startProxy(
    {
      listen: '0',
      upstream: `postgres://${direct.user}@${direct.host}:${direct.port}?sslmode=disable`,
      awsMl: {
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        endpoints: { comprehend: url, sagemaker: url, bedrock: url },
      },
    },
    { observer: watch },
  );
  const through = { ...direct, host: '127.0.0.1', port: proxy.port };
  const close = async () => {
    await proxy.close();
    await services.close();
  };
  return { services, through, direct, watch, close };
}

export async function run({ host, port, user, database }: DatabaseAddress, sql: string): Promise<void> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  await client.query(sql);
  await client.end();
}
