import { type ProxyHooks, type ProxyOptions, type RunningProxy, startProxy } from '../../src/index.js';
import type { DatabaseAddress } from './postgres.js';

/** A proxy before a server, and the address of the same database through it. */
export async function proxied(
  { host, port, user, database }: DatabaseAddress,
  options: ProxyOptions = {},
  hooks?: ProxyHooks,
): Promise<{ readonly proxy: RunningProxy; readonly through: DatabaseAddress }> {
  const proxy = await startProxy(
    { listen: '0', upstream: `postgres://${host}:${port}?sslmode=disable`, ...options },
    hooks,
  );
  const connectionString = `postgres://${user}@127.0.0.1:${proxy.port}/${database}`;
  return { proxy, through: { host: '127.0.0.1', port: proxy.port, user, database, connectionString } };
}
