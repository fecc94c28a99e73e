import { PipelinedConnection, portalName } from 'pg-aws-ml/session';
import { readDiagnostics } from '../protocol/backend-messages.js';
import { flushMessage, syncMessage, writeClose } from '../protocol/frontend-messages.js';
import { backend, frontend } from '../protocol/message-types.js';
import type { ClientSession } from '../relay/client-session.js';
import { noticeFrame } from './diagnostics.js';
import type { Frame } from './turn.js';
import { WireConnection } from './wire-connection.js';

const MARK = portalName('mark');

/** SQLSTATE active_sql_transaction: the server's warning at a BEGIN within a block. */
const ACTIVE_TRANSACTION = '25001';

/** How the wait for the server's earlier answers ended. */
export type Quiet =
  /** All are there, and have gone to the client. */
  | 'quiet'
  /** Something has failed before: what follows is skipped up to the client's Sync. */
  | 'failed'
  /** The server takes in copied data, and overlooks a Sync until that has ended. */
  | 'copying';

/**
 * Whose the server's messages are: the client's, or the engine's. Before the engine gets them, everything that the client
 * is due has gone to it.
 */
export class ServerTurn {
  readonly wire: WireConnection;
  readonly #session: ClientSession;
  #owner: 'client' | 'engine' = 'client';
  /** Frames that are the next to come, and for nobody. */
  #unwanted: number[] = [];
  #waiting: Wait | undefined;
  /** Takes the messages of a statement that the server runs, with ours around it. */
  watch: ((type: number, frame: Buffer) => boolean) | undefined;
  #lost = false;
  #onBegin: (() => void) | undefined;
  #onLoss: (() => void) | undefined;

  constructor(session: ClientSession) {
    this.#session = session;
    this.wire = new WireConnection({
      write: (frames) => {
        for (const type of typesIn(frames)) session.traffic.sent(type);
        return session.writeToServer(frames);
      },
      pause: () => session.pauseServer(),
      resume: () => session.resumeServer(),
      end: () => session.end(),
    });
    this.wire.on('notice', (notice: object) => void session.writeToClient(noticeFrame(notice)));
    this.wire.on('error', () => {});
  }

  get wants(): boolean {
    if (this.#owner === 'engine' || this.#unwanted.length > 0) return true;
    return this.#waiting !== undefined || this.watch !== undefined || this.#onBegin !== undefined;
  }

  /** Told where the client begins a block within ours, of which the server warns. */
  set onBegin(listener: (() => void) | undefined) {
    this.#onBegin = listener;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Sends on a frame of the client's. */
  forward({ type, frame }: Frame): Promise<void> | undefined {
    this.#session.traffic.sent(type);
    return this.#session.writeToServer(frame);
  }

  /** The answer to it is for nobody. */
  sendHidden(frame: Frame, answers: readonly number[]): void {
    this.#unwanted.push(...answers);
    void this.forward(frame);
  }

  /** The next frame of the server's, but for messages of the connection, is for nobody. */
  hideNext(type: number): void {
    this.#unwanted.push(type);
  }

  /** Calls back once, if the session ends. */
  onLoss(listener: () => void): void {
    this.#onLoss = listener;
  }

  take(type: number, frame: Buffer): boolean {
    if (this.#unwanted[0] === type) {
      this.#unwanted.shift();
      return true;
    }
    if (type === backend.errorResponse && this.#unwanted.length > 0) this.#unwanted = [];
    if (this.#owner === 'client' && type === backend.noticeResponse && this.#beginsBlock(frame)) return true;
    if (this.#waiting !== undefined) return this.#waiting.take(type);
    if (this.watch !== undefined) return this.watch(type, frame);
    if (this.#owner === 'engine') return this.wire.take(type, frame) && !isFarewell(type, frame);
    return false;
  }

  #beginsBlock(frame: Buffer): boolean {
    if (this.#onBegin === undefined || readDiagnostics(frame).C !== ACTIVE_TRANSACTION) return false;
    this.#onBegin();
    return true;
  }

  /** ReadyForQuery has come. */
  ready(): void {
    this.#waiting?.ready();
  }

  /**
   * Waits until everything that has gone to the server is answered. What has not been ended by a Sync is, by one of ours:
   * within a block that does nothing; outside it ends what was only parsed and bound.
   */
  quiet(): Promise<Quiet> {
    const { traffic } = this.#session;
    if (traffic.quiet || this.#lost) return Promise.resolve('quiet');
    const ends = traffic.open;
    const wait = this.#wait((state) => traffic.quiet && (state === 'ready' || !ends));
    // Only what has failed in the exchange that our Sync ends makes the client skip.
    wait.failsAt = ends ? traffic.readyDue : undefined;
    wait.failed = traffic.failed;
    wait.hidesLastReady = ends;
    if (ends) this.#send(syncMessage, frontend.sync);
    return wait.done;
  }

  /** The same without a Sync: what was executed is not committed. */
  quietWithinExchange(): Promise<Quiet> {
    const { traffic } = this.#session;
    if (traffic.quiet || this.#lost) return Promise.resolve('quiet');
    if (traffic.failed) return Promise.resolve('failed');
    const wait = this.#wait((state) => state === 'closed' && traffic.readyDue === 0 && traffic.allClosed);
    wait.failsAt = traffic.readyDue;
    wait.hidesLastClose = true;
    this.#send(writeClose({ kind: 'S', name: MARK }), frontend.close);
    void this.#session.writeToServer(flushMessage);
    return wait.done;
  }

  /** From now on the server's messages are the engine's, until `release`. */
  own(onLoss: (error: unknown) => void): PipelinedConnection {
    this.#owner = 'engine';
    return new PipelinedConnection(this.wire, this.#session.status ?? 'I', onLoss);
  }

  /**
   * Gives the connection back, `synced`.
   *
   * @param asSimpleQuery whether a simple query was answered, which ends the client's unnamed statement
   */
  release(connection: PipelinedConnection, asSimpleQuery = false): void {
    connection.release();
    this.#unwanted.push(...this.wire.leave(asSimpleQuery));
    this.#owner = 'client';
  }

  lose(error: Error): void {
    this.#lost = true;
    this.wire.lose(error);
    this.#waiting?.end('quiet');
    this.#onLoss?.();
  }

  #send(frame: Buffer, type: number): void {
    void this.forward({ type, frame });
  }

  #wait(isOver: (state: 'ready' | 'closed') => boolean): Wait {
    const wait = new Wait(isOver, () => {
      this.#waiting = undefined;
    });
    this.#waiting = wait;
    return wait;
  }
}

/** Waits for the end of what was sent, while the answers go to the client. */
class Wait {
  readonly done: Promise<Quiet>;
  /** How many ReadyForQuery were due when it began: an error after so many concerns what is not ended yet. */
  failsAt: number | undefined;
  failed = false;
  hidesLastReady = false;
  hidesLastClose = false;
  readonly #isOver: (state: 'ready' | 'closed') => boolean;
  readonly #onEnd: () => void;
  #resolve: (quiet: Quiet) => void = () => {};
  #readies = 0;
  #hideReady = false;

  constructor(isOver: (state: 'ready' | 'closed') => boolean, onEnd: () => void) {
    this.#isOver = isOver;
    this.#onEnd = onEnd;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Called for each frame of the server's. Returns true where it is not for the client. */
  take(type: number): boolean {
    if (type === backend.errorResponse && this.#readies === this.failsAt) {
      this.failed = true;
      // The server skips the rest up to a Sync that only the client sends.
      if (!this.hidesLastReady) this.end('failed');
      return false;
    }
    if (type === backend.copyInResponse) {
      this.end('copying');
      return false;
    }
    if (type === backend.closeComplete && this.hidesLastClose && this.#isOver('closed')) {
      this.end('quiet');
      return true;
    }
    if (type !== backend.readyForQuery) return false;
    const { hidesLastReady } = this;
    const hidden = this.#hideReady;
    this.#hideReady = false;
    return hidden && hidesLastReady;
  }

  /** Called with each ReadyForQuery before `take`. */
  ready(): void {
    this.#readies += 1;
    if (!this.#isOver('ready')) return;
    this.#hideReady = true;
    queueMicrotask(() => this.end(this.failed ? 'failed' : 'quiet'));
  }

  end(quiet: Quiet): void {
    this.#onEnd();
    this.#resolve(quiet);
  }
}

/** With what the server ends the connection is for the client, too. */
const isFarewell = (type: number, frame: Buffer): boolean =>
  type === backend.errorResponse && readDiagnostics(frame).V === 'FATAL';

function* typesIn(frames: Buffer): Generator<number> {
  for (let at = 0; at < frames.length; at += frames.readUInt32BE(at + 1) + 1) yield frames[at] as number;
}
