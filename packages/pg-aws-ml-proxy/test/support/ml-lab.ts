import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import type { AwsMlOptions } from 'pg-aws-ml/session';
import type { ProxyHooks, RunningProxy } from '../../src/index.js';
import { createTestDatabase, type DatabaseAddress } from './postgres.js';
import { proxied } from './proxied.js';

/** A database with the extension, local services, and the two ways to them: our Pool, and the proxy. */
export interface MlLab {
  readonly services: LocalServices;
  readonly direct: DatabaseAddress;
  readonly through: DatabaseAddress;
  readonly proxy: RunningProxy;
  readonly pool: Pool;
  /** Plain pg through the proxy. */
  connect(): Promise<pg.Client>;
  /** The requests that the services have answered since they were counted last. */
  requests(): number;
  close(): Promise<void>;
}

export async function openMlLab(hooks?: ProxyHooks, options: AwsMlOptions = {}): Promise<MlLab> {
  const services = await startLocalServices();
  const direct = await createTestDatabase();
  const awsMl: AwsMlOptions = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoints: {
      comprehend: services.url,
      sagemaker: services.url,
      bedrock: services.url,
      s3: services.url,
      training: services.url,
    },
    ...options,
  };
  const upstream = `postgres://${direct.user}@${direct.host}:${direct.port}?sslmode=disable`;
  const { proxy, through } = await proxied(direct, { upstream, awsMl }, hooks);
  const pool = new Pool({ connectionString: direct.connectionString, awsMl });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  const clients: pg.Client[] = [];
  let counted = services.requests.total();
  return {
    services,
    direct,
    through,
    proxy,
    pool,
    async connect() {
      const client = new pg.Client({ connectionString: through.connectionString });
      await client.connect();
      clients.push(client);
      return client;
    },
    requests() {
      const count = services.requests.total() - counted;
      counted = services.requests.total();
      return count;
    },
    async close() {
      await Promise.all([...clients.map((client) => client.end()), pool.end()]);
      await proxy.close();
      await services.close();
    },
  };
}
