import type { AdminSource } from '../admin/admin-server.js';
import type { ProxyLog } from '../proxy-log.js';
import { defaults, type ProxyOptions } from '../proxy-options.js';
import { serverAddress } from '../start-up/server-address.js';

/** Begins to serve metrics, health and the page, where it is wanted. What that takes is loaded then only. */
export async function beginAdmin(
  { admin, upstream, upstreamTimeout }: ProxyOptions,
  log: ProxyLog,
  source: Omit<AdminSource, 'reachable'>,
): Promise<void> {
  if (admin === undefined) return;
  const [{ startAdmin }, { Reachability }] = await Promise.all([
    import('../admin/admin-server.js'),
    import('../admin/reachability.js'),
  ]);
  const timeoutMs = (upstreamTimeout ?? defaults.upstreamTimeout) * 1000;
  const server = new Reachability(await serverAddress(upstream), timeoutMs);
  const { host, port } = await startAdmin(admin, { ...source, reachable: () => server.ask() });
  log('info', 'admin is served', { host, port });
}
