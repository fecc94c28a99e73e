import { readDiagnostics } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import { ClientFrames } from './client-frames.js';
import type { FrameInterceptor, TransactionStatus } from './frame-interceptor.js';
import { FrameWalker } from './frame-walker.js';
import { leave, type Peer, pausedBy } from './peer.js';
import { ServerFrames } from './server-frames.js';
import type { SessionStart } from './session-start.js';
import type { Tally } from './tally.js';
import { Traffic } from './traffic.js';

/** While a client is paused, so much of what it sends is read, so that its end is noticed. */
const READ_WHILE_PAUSED = 64 * 1024;

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
  /** When a statement has begun, or the latest one was over; in milliseconds since 1970. */
  since = Date.now();
  readonly tally: Tally;
  /** The client has sent Terminate. */
  leaving = false;
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
    this.tally = start.tally;
    this.client = client;
    this.server = server;
    this.startup = start.startup;
    this.protocol = start.protocol;
    this.#fromClient = new FrameWalker(new ClientFrames(this, start));
    this.#fromServer = new FrameWalker(new ServerFrames(this, start));
    client.onChunk = (chunk) => this.#clientChunk(chunk);
    server.onChunk = (chunk) => this.#serverChunk(chunk);
    client.onDrain = () => this.#resume(server, pausedBy.otherSide);
    server.onDrain = () => this.#resume(client, pausedBy.otherSide);
    this.#watchEnds();
    this.#resume(server, pausedBy.start);
    this.#resume(client, pausedBy.start);
  }

  /** Outside of a transaction block, with nothing to be answered: who ends it now interrupts nothing. */
  get idle(): boolean {
    return this.status === 'I' && this.traffic.quiet && this.interceptor?.busy !== true;
  }

  /** What is held of what has come from one side and has not gone to the other. */
  get heldBytes(): number {
    const { client, server } = this;
    const waiting = this.#fromClient.waitingBytes + this.#fromServer.waitingBytes;
    return waiting + client.socket.writableLength + server.socket.writableLength;
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

  /** Ends both connections. With an error the client is told, unless it is in the midst of a frame, or has taken leave. */
  end(error?: FatalError): void {
    if (this.#over) return;
    const { client, server } = this;
    if (error !== undefined && this.#fromServer.betweenFrames && !this.leaving) client.write(error.frame());
    this.#finish(error);
    leave(client.socket);
    server.socket.destroySoon();
  }

  /** @internal Called with each Query and Execute of the client's. */
  statementBegins(): void {
    this.tally.statements += 1;
    this.since = Date.now();
  }

  /** @internal Called at the first ReadyForQuery. */
  begin(): void {
    this.tally.sessions += 1;
    this.interceptor = this.#start.started(this);
    // The frame that has led here is still being walked through.
    this.resumeClient();
  }

  /** @internal Called with an ErrorResponse of the server's, which goes to the client. */
  failed(frame: Buffer): void {
    const { V, C } = readDiagnostics(frame);
    if (V === 'FATAL') this.#farewell = true;
    (this.status === undefined ? this.tally.refused : this.tally.errors).add(C);
  }

  #clientChunk(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#fromClient.push(chunk);
      if (this.#fromClient.waitingBytes > READ_WHILE_PAUSED) this.client.pause(pausedBy.interceptor);
    } catch (error) {
      this.#defect(error);
    }
  }

  #serverChunk(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#fromServer.push(chunk);
    } catch (error) {
      this.#defect(error);
    }
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
      this.#defect(error);
    }
  }

  #defect(error: unknown): void {
    this.end(error instanceof FatalError ? error : new FatalError('XX000', 'internal error'));
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
      if (this.interceptor !== undefined && (this.#fromClient.stopped || this.interceptor.busy)) this.end();
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
      const abruptly = lost !== undefined && !this.#farewell && !server.socket.readableEnded;
      if (abruptly) this.end(new FatalError('08006', 'the connection to the server was lost'));
      this.#finish();
      leave(client.socket);
    });
  }

  #finish(reason?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.interceptor?.closed(reason);
    this.#start.ended(this, reason);
  }
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
