import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { checkOptions } from 'aws-ml-options';
import { checkedOptions, type PoolObserver } from 'pg-aws-ml/session';
import { serveClient } from './client-session/serve-client.js';
import type { Intercept, Surroundings } from './client-session/surroundings.js';
import { FatalError } from './protocol/fatal-error.js';
import type { ProxyLog } from './proxy-log.js';
import { defaults, type ProxyOptions, proxyOptions } from './proxy-options.js';
import type { ClientSession } from './relay/client-session.js';
import { Tally } from './relay/tally.js';
import { readCertificates } from './start-up/certificates.js';
import { credentialsOf } from './start-up/credentials.js';
import { listenAddress } from './start-up/listen-address.js';
import { serverAddress } from './start-up/server-address.js';
import { MlSessions, type UserEngine } from './statements/ml-sessions.js';
import { connectOwn } from './statements/own-connection.js';

export interface RunningProxy {
  /** Where clients connect. */
  readonly host: string;
  readonly port: number;
  /** Those whose start-up is done, or whose authentication passes. */
  readonly sessions: ReadonlySet<ClientSession>;
  readonly engines: readonly UserEngine[];
  readonly tally: Tally;
  /** It is shutting down, or has. */
  readonly draining: boolean;
  /** Aborts our wait for what a cancel request names by its key; the server is not asked. */
  cancel(key: Buffer): void;
  /**
   * Reads certificate and key again. Sessions keep theirs.
   *
   * @throws ConfigurationError where they cannot be used: then those from before stay
   */
  reloadCertificates(): Promise<void>;
  /**
   * Stops listening, ends each session once it is idle (57P01), and those that are left after `shutdownTimeout`.
   *
   * @returns the number of those
   */
  drain(): Promise<number>;
  /** Stops listening and ends all sessions at once. */
  close(): Promise<void>;
}

export interface ProxyHooks {
  /** Makes who takes part in a session. Default: the engine, which answers ML statements. */
  readonly intercept?: Intercept | undefined;
  /** Is told what the statements with ML calls do. */
  readonly observer?: PoolObserver | undefined;
  readonly log?: ProxyLog | undefined;
  /** Told of the cancel requests of clients: those of other processes' sessions, too. */
  readonly cancelRequested?: ((key: Buffer) => void) | undefined;
}

/** How often a shutdown looks for sessions that have become idle. */
const LOOK_MS = 50;

/**
 * Listens for clients, each of which gets a connection of its own to the server.
 *
 * @throws ConfigurationError for options that cannot be meant; the error of the system where it cannot listen
 */
export async function startProxy(options: ProxyOptions = {}, hooks: ProxyHooks = {}): Promise<RunningProxy> {
  checkOptions(proxyOptions, options, 'proxy');
  const sessions = new Set<ClientSession>();
  const starting: Surroundings['starting'] = new Set();
  const { tlsCert, tlsKey } = options;
  let tls = await readCertificates(tlsCert, tlsKey);
  const server = await serverAddress(options.upstream);
  const service = options.serviceUrl === undefined ? server : await serverAddress(options.serviceUrl);
  const milliseconds = (name: 'loginTimeout' | 'upstreamTimeout' | 'shutdownTimeout') =>
    (options[name] ?? defaults[name]) * 1000;
  const cancel = (key: Buffer) => {
    for (const { backendKey, interceptor } of sessions) if (backendKey?.equals(key)) interceptor?.onCancel?.();
  };
  const connectTo = (database: string) => connectOwn(service, milliseconds('upstreamTimeout'), database);
  const ml = new MlSessions(checkedOptions(options.awsMl), connectTo, hooks.observer);
  const tally = new Tally();
  let draining = false;
  const surroundings: Surroundings = {
    server,
    serverTimeoutMs: milliseconds('upstreamTimeout'),
    loginTimeoutMs: milliseconds('loginTimeout'),
    maxClients: options.maxClients ?? defaults.maxClients,
    maxMessageBytes: options.maxMessageSize ?? defaults.maxMessageSize,
    requireTls: options.requireTls ?? false,
    secureContext: () => tls?.context,
    certificate: () => tls?.certificate,
    credentials: await credentialsOf(options.auth, options.users, server),
    intercept: hooks.intercept ?? ((session) => ml.intercept(session)),
    log: hooks.log ?? (() => {}),
    tally,
    cancelled(key) {
      cancel(key);
      hooks.cancelRequested?.(key);
    },
    sessions,
    starting,
  };
  const listeners = await listen(options, surroundings);
  const { address, port } = listeners[0].address() as AddressInfo;
  const stopListening = () => {
    draining = true;
    for (const listener of listeners) if (listener.listening) listener.close();
  };
  const close = async () => {
    stopListening();
    for (const socket of starting) socket.destroy();
    for (const session of sessions) session.end(shutDown());
    while (sessions.size + starting.size > 0) await after(1);
    await ml.close();
  };
  return {
    host: address,
    port,
    sessions,
    tally,
    get engines() {
      return ml.engines;
    },
    get draining() {
      return draining;
    },
    cancel,
    close,
    async reloadCertificates() {
      tls = await readCertificates(tlsCert, tlsKey);
    },
    async drain() {
      stopListening();
      const end = Date.now() + milliseconds('shutdownTimeout');
      for (;;) {
        for (const session of sessions) if (session.idle) session.end(shutDown());
        if (sessions.size + starting.size === 0 || Date.now() >= end) break;
        await after(LOOK_MS);
      }
      const left = sessions.size;
      await close();
      return left;
    },
  };
}

const shutDown = (): FatalError => new FatalError('57P01', 'terminating connection because the proxy shuts down');

/** At the port and, where it is wanted, at a Unix socket. */
async function listen(
  options: ProxyOptions,
  surroundings: Surroundings,
): Promise<readonly [Server, ...(readonly Server[])]> {
  const atPort = newListener(surroundings).listen(listenAddress(options.listen ?? defaults.listen));
  await once(atPort, 'listening');
  if (options.socketDir === undefined) return [atPort];
  const { port } = atPort.address() as AddressInfo;
  const atSocket = newListener({ ...surroundings, requireTls: false });
  atSocket.listen({ path: join(options.socketDir, `.s.PGSQL.${port}`), readableAll: true, writableAll: true });
  try {
    await once(atSocket, 'listening');
  } catch (error) {
    atPort.close();
    throw error;
  }
  return [atPort, atSocket];
}

const newListener = (surroundings: Surroundings): Server =>
  createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    void serveClient(socket, surroundings);
  });
