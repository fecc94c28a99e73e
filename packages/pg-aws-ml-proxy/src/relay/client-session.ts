import { readDiagnostics } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import { backend, frontend, HEADER_BYTES } from '../protocol/message-types.js';
import type { FrameInterceptor, TransactionStatus } from './frame-interceptor.js';
import { type FrameHandler, FrameWalker, treatment } from './frame-walker.js';
import { type Peer, pausedBy } from './peer.js';
import { Traffic } from './traffic.js';

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
  /** Called at the first ReadyForQuery, which has gone to the client: returns who takes part in the session. */
  readonly started: (session: ClientSession) => FrameInterceptor | undefined;
  /** Called once, when both connections are closed or about to be. */
  readonly ended: (session: ClientSession) => void;
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

/** While a client is paused, so much of what it sends is read, so that its end is noticed. */
const READ_WHILE_PAUSED = 64 * 1024;
/** How long a connection stays open for what the client has not read yet, once the server has ended. */
const LINGER_MS = 5_000;

/**
 * One client and its connection to the server. Frames pass as they come; a `FrameInterceptor` is asked about those that
 * concern it. All bytes to either side go through `writeToClient` and `writeToServer`, in the order of the calls.
 */
export class ClientSession {
  readonly client: Peer;
  readonly server: Peer;
  readonly startup: ReadonlyMap<string, string>;
  readonly protocol: number;
  /** The server's settings, as it has told the client last. */
  readonly parameters = new Map<string, string>();
  /** Process ID and secret key as they were sent, for a cancel request; absent where the server has sent none. */
  backendKey: Buffer | undefined;
  /** Of the last ReadyForQuery; undefined before the first. */
  status: TransactionStatus | undefined;
  interceptor: FrameInterceptor | undefined;
  /** Of the frames that pass. Whoever writes or takes others has to tell of them itself. */
  readonly traffic = new Traffic();

  readonly #start: SessionStart;
  readonly #fromClient: FrameWalker;
  readonly #fromServer: FrameWalker;
  /** The server has said why it ends the connection. */
  #farewell = false;
  #over = false;

  constructor(start: SessionStart) {
    const { client, server } = start;
    this.#start = start;
    this.client = client;
    this.server = server;
    this.startup = start.startup;
    this.protocol = start.protocol;
    this.#fromClient = new FrameWalker(new ClientFrames(this, start));
    this.#fromServer = new FrameWalker(new ServerFrames(this, start));
    client.onChunk = (chunk) => this.#guarded(() => this.#clientChunk(chunk));
    server.onChunk = (chunk) => this.#guarded(() => this.#fromServer.push(chunk));
    client.onDrain = () => this.#resume(server, pausedBy.otherSide);
    server.onDrain = () => this.#resume(client, pausedBy.otherSide);
    this.#watchEnds();
    this.#resume(server, pausedBy.start);
    this.#resume(client, pausedBy.start);
  }

  /** Nothing is under way: the client may be told something of ours, or be left. */
  get betweenFrames(): boolean {
    return this.#fromServer.betweenFrames;
  }

  /** Stops before the client's next frame, until `resumeClient`. */
  pauseClient(): void {
    this.#fromClient.stop();
  }

  /** Goes on with what the client has sent meanwhile, once the caller has returned. */
  resumeClient(): void {
    queueMicrotask(() => this.#guarded(() => this.#proceedWithClient()));
  }

  /** Stops before the server's next frame, until `resumeServer`. */
  pauseServer(): void {
    this.#fromServer.stop();
    this.server.pause(pausedBy.interceptor);
  }

  resumeServer(): void {
    queueMicrotask(() =>
      this.#guarded(() => {
        this.#fromServer.proceed();
        if (!this.#fromServer.stopped) this.#resume(this.server, pausedBy.interceptor);
      }),
    );
  }

  /**
   * Writes frames to the client, behind what the server has sent so far.
   *
   * @returns undefined while there is room for more; else a promise that settles when there is, or when the session is over
   */
  writeToClient(frames: Buffer): Promise<void> | undefined {
    this.#fromServer.flush();
    return this.client.write(frames) ? undefined : roomIn(this.client);
  }

  /** Writes frames to the server, behind what the client has sent so far; returns the same. */
  writeToServer(frames: Buffer): Promise<void> | undefined {
    this.#fromClient.flush();
    return this.server.write(frames) ? undefined : roomIn(this.server);
  }

  /** Ends both connections. With an error the client is told, unless it is in the midst of a frame. */
  end(error?: FatalError): void {
    if (this.#over) return;
    const { client, server } = this;
    if (error !== undefined && this.betweenFrames) client.write(error.frame());
    this.#finish(error);
    leave(client);
    server.socket.destroySoon();
  }

  /** @internal Called at the first ReadyForQuery. */
  begin(): void {
    this.interceptor = this.#start.started(this);
    // The frame that has led here is still being walked through.
    this.resumeClient();
  }

  /** @internal Called with an ErrorResponse of the server's, which goes to the client. */
  failed(frame: Buffer): void {
    if (readDiagnostics(frame).V === 'FATAL') this.#farewell = true;
  }

  #clientChunk(chunk: Buffer): void {
    this.#fromClient.push(chunk);
    if (this.#fromClient.waitingBytes > READ_WHILE_PAUSED) this.client.pause(pausedBy.interceptor);
  }

  #proceedWithClient(): void {
    this.#fromClient.proceed();
    if (!this.#fromClient.stopped) this.#resume(this.client, pausedBy.interceptor);
  }

  #resume(peer: Peer, reason: number): void {
    if (peer.mayResume(reason)) peer.resumeReading();
  }

  #guarded(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (error) {
      this.end(error instanceof FatalError ? error : new FatalError('XX000', 'internal error'));
    }
  }

  #watchEnds(): void {
    const { client, server } = this;
    let lost: Error | undefined;
    client.socket.on('error', () => {});
    server.socket.on('error', (error) => {
      lost = error;
    });
    client.socket.on('end', () => {
      // Whoever asks for an answer and goes is answered natively; what costs money for nobody is not done.
      if (this.#fromClient.stopped && this.interceptor !== undefined) this.end();
      else server.socket.end();
    });
    client.socket.on('close', () => {
      this.#finish();
      server.socket.destroySoon();
    });
    server.socket.on('end', () => {
      client.socket.end();
      server.socket.end();
    });
    server.socket.on('close', () => {
      if (lost !== undefined && !this.#farewell && !server.socket.readableEnded)
        this.end(new FatalError('08006', 'the connection to the server was lost'));
      this.#finish();
      leave(client);
    });
  }

  #finish(reason?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.interceptor?.closed(reason);
    this.#start.ended(this);
  }
}

/** Ends a connection so that what was written still arrives: what the other side sends meanwhile is dropped. */
function leave(peer: Peer): void {
  const { socket } = peer;
  peer.onChunk = () => {};
  peer.onDrain = () => {};
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Settles when what was written has gone, or never will. */
function roomIn({ socket }: Peer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

class ClientFrames implements FrameHandler {
  readonly #session: ClientSession;
  readonly #start: SessionStart;

  constructor(session: ClientSession, start: SessionStart) {
    this.#session = session;
    this.#start = start;
  }

  treat(type: number, length: number): number {
    const { interceptor, status } = this.#session;
    if (status === undefined) {
      if (type === frontend.password && length <= this.#start.maxMessageBytes) return treatment.whole;
      return type === frontend.terminate ? treatment.pass : treatment.stop;
    }
    if (interceptor === undefined) return treatment.pass;
    const wanted = type === frontend.query || type === frontend.parse || interceptor.wantsAll;
    if (wanted && length <= this.#start.maxMessageBytes) return treatment.whole;
    if (wanted) interceptor.unseen?.(type);
    this.#session.traffic.sent(type);
    return treatment.pass;
  }

  take(type: number, frame: Buffer): boolean {
    if (this.#session.status === undefined) {
      this.#start.authentication.fromClient(frame);
      return false;
    }
    const taken = this.#session.interceptor?.fromClient(type, frame) === true;
    if (!taken) this.#session.traffic.sent(type);
    return taken;
  }

  forward(bytes: Buffer): void {
    const { client, server } = this.#session;
    if (!server.write(bytes)) client.pause(pausedBy.otherSide);
  }
}

/** By type: those that are noted whoever takes part. */
const noted = new Uint8Array(256);
for (const type of [backend.readyForQuery, backend.parameterStatus, backend.errorResponse]) noted[type] = 1;

class ServerFrames implements FrameHandler {
  readonly #session: ClientSession;
  readonly #start: SessionStart;

  constructor(session: ClientSession, start: SessionStart) {
    this.#session = session;
    this.#start = start;
  }

  treat(type: number, length: number): number {
    const { interceptor, status } = this.#session;
    // What it has asked for itself is its own, however long.
    if (interceptor?.wantsServer === true) return treatment.whole;
    if (length > this.#start.maxMessageBytes) {
      this.#session.traffic.received(type);
      return treatment.pass;
    }
    if (status === undefined) return type === backend.readyForQuery ? treatment.note : treatment.whole;
    if (noted[type] !== 1) {
      this.#session.traffic.received(type);
      return treatment.pass;
    }
    return type === backend.errorResponse ? treatment.whole : treatment.note;
  }

  take(type: number, frame: Buffer): boolean {
    const session = this.#session;
    const { interceptor } = session;
    session.traffic.received(type);
    if (type === backend.readyForQuery) this.#ready(frame);
    else if (type === backend.parameterStatus) this.#parameter(frame);
    else if (session.status === undefined && type !== backend.errorResponse) return this.#startUp(type, frame);
    const taken = interceptor !== undefined && this.#taken(interceptor, type, frame);
    if (type === backend.errorResponse && !taken) session.failed(frame);
    return taken;
  }

  #taken(interceptor: FrameInterceptor, type: number, frame: Buffer): boolean {
    if (interceptor.wantsServer) return interceptor.fromServer(type, frame);
    return type === backend.errorResponse && interceptor.onError?.(frame) === true;
  }

  forward(bytes: Buffer): void {
    const { client, server } = this.#session;
    if (!client.write(bytes)) server.pause(pausedBy.otherSide);
  }

  #ready(frame: Buffer): void {
    const session = this.#session;
    const first = session.status === undefined;
    session.status = String.fromCharCode(frame[HEADER_BYTES] ?? 0) as TransactionStatus;
    if (first) session.begin();
    else session.interceptor?.onReady?.(session.status);
  }

  #parameter(frame: Buffer): void {
    const end = frame.indexOf(0, HEADER_BYTES);
    const name = frame.toString('utf8', HEADER_BYTES, end);
    const value = frame.toString('utf8', end + 1, frame.length - 1);
    this.#session.parameters.set(name, value);
    this.#session.interceptor?.onParameter?.(name, value);
  }

  #startUp(type: number, frame: Buffer): boolean {
    if (type === backend.backendKeyData) this.#session.backendKey = Buffer.from(frame.subarray(HEADER_BYTES));
    if (type !== backend.authentication) return false;
    const other = this.#start.authentication.fromServer(frame);
    if (other === frame) return false;
    this.#session.writeToClient(other);
    return true;
  }
}
