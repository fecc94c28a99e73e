import { type LocalServices, type LocalServicesOptions, startLocalServices } from 'aws-ml-local';
import { vi } from 'vitest';

/**
 * Starts the local services for a test file. SDK clients made afterwards find them as they find AWS in production: by the
 * standard environment variables.
 */
export async function startServices(options?: LocalServicesOptions): Promise<LocalServices> {
  const services = await startLocalServices(options);
  for (const [name, value] of Object.entries(services.environment)) vi.stubEnv(name, value);
  return services;
}
