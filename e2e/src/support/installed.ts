import type { LocalServices, LocalServicesOptions } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { type PostgresContainer, startPostgresContainer } from './container.js';
import { startServices } from './services.js';

/** A container with the extension, the local services, and a superuser's pool: what an application starts from. */
export interface Installed {
  readonly postgres: PostgresContainer;
  readonly services: LocalServices;
  readonly pool: Pool;
  stop(): Promise<void>;
}

export async function startInstalled(options?: LocalServicesOptions): Promise<Installed> {
  const [postgres, services] = await Promise.all([startPostgresContainer(), startServices(options)]);
  const pool = new Pool({ ...postgres.connection });
  // The container ends while connections close.
  pool.on('error', () => {});
  await pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
  return {
    postgres,
    services,
    pool,
    stop: async () => {
      await pool.end();
      await Promise.all([postgres.stop(), services.close()]);
    },
  };
}
