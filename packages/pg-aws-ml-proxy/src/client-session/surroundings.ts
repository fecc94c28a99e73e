import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ProxyLog } from '../proxy-log.js';
import type { ClientSession } from '../relay/client-session.js';
import type { FrameInterceptor } from '../relay/frame-interceptor.js';
import type { Tally } from '../relay/tally.js';
import type { Credentials } from '../start-up/credentials.js';
import type { ServerAddress } from '../start-up/server-address.js';

/** Makes the interceptor of a session, or none. Called at the first ReadyForQuery. */
export type Intercept = (session: ClientSession) => FrameInterceptor | undefined;

/** What all clients of a proxy share. */
export interface Surroundings {
  readonly server: ServerAddress;
  readonly serverTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly maxClients: number;
  readonly maxMessageBytes: number;
  readonly requireTls: boolean;
  /** Certificate and key, if there are any; they may change. */
  readonly secureContext: () => SecureContext | undefined;
  /** In DER, of the same. */
  readonly certificate: () => Buffer | undefined;
  /** Of those whom the proxy authenticates itself; undefined where authentication passes. */
  readonly credentials: Credentials | undefined;
  readonly intercept: Intercept | undefined;
  readonly log: ProxyLog;
  readonly tally: Tally;
  /** Told of each cancel request, to abort what waits for it. */
  readonly cancelled: (key: Buffer) => void;
  readonly sessions: Set<ClientSession>;
  /** Connections whose start-up isn't done: they have no session yet. */
  readonly starting: Set<Socket>;
}
