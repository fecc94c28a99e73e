import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { checkOptions } from 'aws-ml-options';
import { type Intercept, serveClient } from './client-session/serve-client.js';
import { defaults, type ProxyOptions, proxyOptions } from './proxy-options.js';
import type { ClientSession } from './relay/client-session.js';
import { listenAddress } from './start-up/listen-address.js';
import { serverAddress } from './start-up/server-address.js';

export interface RunningProxy {
  /** Where clients connect. */
  readonly host: string;
  readonly port: number;
  /** The sessions that have passed start-up or are about to. */
  readonly sessions: ReadonlySet<ClientSession>;
  /** Reads certificate and key again. Sessions keep theirs. */
  reloadCertificates(): Promise<void>;
  /** Stops listening and ends all sessions. */
  close(): Promise<void>;
}

/**
 * Listens for clients, each of which gets a connection of its own to the server.
 *
 * @param intercept makes who takes part in a session
 * @throws ConfigurationError for options that cannot be meant; the error of the system where it cannot listen
 */
export async function startProxy(options: ProxyOptions = {}, intercept?: Intercept): Promise<RunningProxy> {
  checkOptions(proxyOptions, options, 'proxy');
  const sessions = new Set<ClientSession>();
  let tls = await readCertificates(options);
  const surroundings = {
    server: await serverAddress(options.upstream),
    serverTimeoutMs: (options.upstreamTimeout ?? defaults.upstreamTimeout) * 1000,
    maxMessageBytes: options.maxMessageSize ?? defaults.maxMessageSize,
    secureContext: () => tls?.context,
    certificate: () => tls?.certificate,
    intercept,
    sessions,
  };
  const listener = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    void serveClient(socket, surroundings);
  });
  listener.listen(listenAddress(options.listen ?? defaults.listen));
  await once(listener, 'listening');
  const { address, port } = listener.address() as AddressInfo;
  return {
    host: address,
    port,
    sessions,
    async reloadCertificates() {
      tls = await readCertificates(options);
    },
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const session of sessions) session.end();
      await closed;
    },
  };
}

interface Certificates {
  readonly context: SecureContext;
  readonly certificate: Buffer;
}

async function readCertificates({ tlsCert, tlsKey }: ProxyOptions): Promise<Certificates | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)]);
  return {
    context: createSecureContext({ cert, key, minVersion: 'TLSv1.2' }),
    certificate: new X509Certificate(cert).raw,
  };
}
