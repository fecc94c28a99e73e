import type { ClientSession } from './client-session.js';
import type { FrameInterceptor } from './frame-interceptor.js';
import type { Peer } from './peer.js';
import type { Tally } from './tally.js';

/** What a session begins with. */
export interface SessionStart {
  readonly client: Peer;
  readonly server: Peer;
  /** What the client's StartupMessage says: `user`, `database`, settings … */
  readonly startup: ReadonlyMap<string, string>;
  /** Of the StartupMessage: `196608` is 3.0. */
  readonly protocol: number;
  /** A Query or Parse that is longer passes without being looked at. */
  readonly maxMessageBytes: number;
  readonly authentication: AuthenticationWatch;
  /** Counts what all sessions do. */
  readonly tally: Tally;
  /** Called at the first ReadyForQuery, which has gone to the client: returns who takes part in the session. */
  readonly started: (session: ClientSession) => FrameInterceptor | undefined;
  /** Called once, when both connections are closed or about to be. */
  readonly ended: (session: ClientSession, reason: Error | undefined) => void;
}

/** Looks at how a client and the server authenticate each other, before the first ReadyForQuery. */
export interface AuthenticationWatch {
  /** Gets each Authentication frame, and returns it or one to send in its place. */
  fromServer(frame: Buffer): Buffer;
  /**
   * Gets each answer of the client's, which goes on.
   *
   * @throws FatalError where it can lead to nothing
   */
  fromClient(frame: Buffer): void;
}
