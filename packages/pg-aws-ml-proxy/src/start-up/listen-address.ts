import type { ListenOptions } from 'node:net';
import { ConfigurationError } from 'aws-ml-options';

const LOOPBACK = '127.0.0.1';

/**
 * Reads `host:port`, `port` or `[::1]:port`.
 *
 * @param option for the message
 * @throws ConfigurationError
 */
export function listenAddress(text: string, option = 'listen'): ListenOptions {
  const parts = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[2]);
  if (parts === null || port > 65_535) {
    throw new ConfigurationError([`${option} must be an address such as "127.0.0.1:6432", "6432" or "[::1]:6432".`]);
  }
  const host = parts[1]?.replace(/^\[(.*)\]$/, '$1');
  return { host: host === undefined || host === '' ? LOOPBACK : host, port };
}
