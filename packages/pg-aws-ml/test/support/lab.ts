import { type LocalServices, type LocalServicesOptions, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { type AwsMlOptions, Pool, type PoolConfig } from '../../src/index.js';
import { createTestDatabase, type DatabaseAddress } from './postgres.js';

/** A database with the extension, local services, and pools that join them. */
export interface Lab {
  readonly database: DatabaseAddress;
  readonly services: LocalServices;
  readonly pool: Pool;
  /** Plain pg, behind the pool's back. */
  readonly admin: pg.Pool;
  /** Another pool of ours on the same database and services. */
  openPool(config?: PoolConfig & { awsMl?: AwsMlOptions }): Pool;
  close(): Promise<void>;
}

/** The options that lead the SDK's clients to local services. */
export const localOptions = (services: LocalServices): AwsMlOptions => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  endpoints: { comprehend: services.url, sagemaker: services.url, bedrock: services.url, s3: services.url },
});

export async function openLab(options: LocalServicesOptions = {}): Promise<Lab> {
  const database = await createTestDatabase();
  const services = await startLocalServices(options);
  const pools: pg.Pool[] = [];
  const openPool = (config: PoolConfig = {}): Pool => {
    const awsMl = { ...localOptions(services), ...config.awsMl };
    const pool = new Pool({ connectionString: database.connectionString, ...config, awsMl });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const admin = new pg.Pool({ connectionString: database.connectionString });
  pools.push(admin);
  const pool = openPool();
  await pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
  return {
    database,
    services,
    pool,
    admin,
    openPool,
    close: async () => {
      await Promise.all(pools.filter((p) => !p.ending).map((p) => p.end()));
      await services.close();
    },
  };
}
