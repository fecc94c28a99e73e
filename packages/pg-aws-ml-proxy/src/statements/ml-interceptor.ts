import { type Interceptor, usesBuiltInsOnly } from 'pg-aws-ml/session';
import { readExecute, readQuery } from '../protocol/frontend-messages.js';
import { backend, frontend } from '../protocol/message-types.js';
import type { ClientSession } from '../relay/client-session.js';
import type { FrameInterceptor, TransactionStatus } from '../relay/frame-interceptor.js';
import { errorFrame } from './diagnostics.js';
import { nativeFailure } from './native-failures.js';
import { ServerTurn } from './server-turn.js';
import { StatementBooks } from './statement-books.js';
import { type Frame, Turn } from './turn.js';

/** While one statement is answered, so many bytes of what the client sends behind it are read. */
const READ_AHEAD_BYTES = 64 * 1024;
/** A longer query that passes does not run again. */
const MOST_REMEMBERED_BYTES = 64 * 1024;

/**
 * Answers one client's statements with ML calls, in their turn: frames before them have been answered by the server, and
 * those behind them wait. Parse, Bind and Describe go to the server, whose functions have the right signatures; Execute
 * and Query are ours.
 */
export class MlInterceptor implements FrameInterceptor {
  readonly #session: ClientSession;
  readonly #engine: Interceptor;
  readonly #books: StatementBooks;
  readonly #server: ServerTurn;
  readonly #turn: Turn;
  /** What the client has sent behind a statement that is being answered. */
  #queue: Frame[] = [];
  #queuedBytes = 0;
  #busy = false;
  #onQueued: (() => void) | undefined;
  /** The simple query that the server runs, where nothing goes before it. */
  #passed: { readonly text: string; readonly frame: Buffer } | undefined;

  constructor(session: ClientSession, engine: Interceptor) {
    this.#session = session;
    this.#engine = engine;
    this.#books = new StatementBooks((text) => this.#concerns(text));
    this.#server = new ServerTurn(session);
    this.#turn = new Turn(session, engine, this.#server, this.#books);
  }

  get wantsAll(): boolean {
    return this.#busy || this.#turn.skips || this.#turn.ownsBlock || this.#books.hasOurs;
  }

  get busy(): boolean {
    return this.#busy || this.#turn.ownsBlock;
  }

  get wantsServer(): boolean {
    return this.#server.wants;
  }

  fromClient(type: number, frame: Buffer): boolean {
    if (!this.#busy) return this.#take(type, frame);
    // The statement that is being answered waits for it.
    if (this.#server.watch !== undefined && isCopied(type)) return false;
    // It would keep the chunk in which it came.
    const copy = Buffer.from(frame);
    this.#queue.push({ type, frame: copy });
    this.#queuedBytes += copy.length;
    if (this.#queuedBytes > READ_AHEAD_BYTES) this.#session.pauseClient();
    this.#onQueued?.();
    return true;
  }

  fromServer(type: number, frame: Buffer): boolean {
    return this.#server.take(type, frame);
  }

  onReady(status: TransactionStatus): void {
    if (status === 'I') this.#books.transactionEnded(this.#session.traffic.ended);
    this.#passed = undefined;
    this.#server.ready();
  }

  onError(frame: Buffer): boolean {
    const { status, traffic } = this.#session;
    const query = this.#passed;
    const failure = nativeFailure(this.#engine, frame, query?.text);
    if (failure.reachedMl) this.#books.recognise();
    // Where the server has undone everything, and the client has seen nothing of an answer, the statement runs anew.
    if (
      (failure.reachedMl || failure.maySayMore) &&
      query !== undefined &&
      status === 'I' &&
      traffic.readyDue === 1 &&
      !traffic.answered &&
      !traffic.open
    ) {
      this.#session.pauseClient();
      this.#server.hideNext(backend.readyForQuery);
      return this.#begin(() => this.#turn.query(query.text, query.frame, failure.error));
    }
    if (failure.changed) {
      this.#session.tally.errors.add(failure.error.code);
      void this.#session.writeToClient(errorFrame(failure.error));
    }
    return failure.changed;
  }

  onCancel(): void {
    this.#turn.cancel();
  }

  closed(reason?: Error): void {
    this.#turn.lose(reason ?? new Error('Connection terminated unexpectedly'));
    this.#onQueued?.();
  }

  /** Whether a text may make ML calls, as far as one can know before the names of the database are known. */
  #concerns(text: string): boolean {
    if (!this.#engine.concerns(text)) return false;
    return !(this.#engine.isUnsure?.(text) ?? false) || !usesBuiltInsOnly(text);
  }

  /** Decides about a frame whose turn it is. Returns true where it doesn't go to the server. */
  #take(type: number, frame: Buffer): boolean {
    if (this.#turn.skips) {
      if (type !== frontend.sync && type !== frontend.terminate) return true;
      this.#turn.skips = false;
    }
    switch (type) {
      case frontend.query:
        return this.#query(frame);
      case frontend.parse: {
        const statement = this.#books.parse(frame);
        if (statement === undefined || !this.#turn.mustPrepare(statement)) return false;
        return this.#begin(() => this.#turn.prepare(statement, frame));
      }
      case frontend.bind:
        this.#books.bind(frame, this.#session.traffic.exchange);
        return false;
      case frontend.close:
        this.#books.close(frame);
        return false;
      case frontend.execute:
        return this.#execute(frame);
      case frontend.sync:
        return this.#turn.ownsBlock && this.#begin(() => this.#turn.endBlock());
      default:
        return false;
    }
  }

  #query(frame: Buffer): boolean {
    const text = readQuery(frame);
    if (text === undefined) return false;
    if (!this.#concerns(text)) {
      this.#books.queried();
      const alone = this.#session.traffic.quiet && frame.length <= MOST_REMEMBERED_BYTES;
      this.#passed = alone ? { text, frame } : undefined;
      return false;
    }
    this.#session.pauseClient();
    return this.#begin(() => this.#turn.query(text, frame));
  }

  #execute(frame: Buffer): boolean {
    const message = readExecute(frame);
    const portal = message === undefined ? undefined : this.#books.portal(message.portal);
    if (portal === undefined) return false;
    return this.#begin(() =>
      this.#turn.execute(portal, { type: frontend.execute, frame }, message!.limit, () => this.#isFollowed()),
    );
  }

  #begin(work: () => Promise<void>): true {
    this.#busy = true;
    void work()
      .catch((error: unknown) => this.#turn.fail(error))
      .finally(() => this.#goOn());
    return true;
  }

  /** What has come meanwhile has its turn, up to the next statement that is ours. */
  #goOn(): void {
    this.#busy = false;
    this.#session.since = Date.now();
    let frame = this.#queue.shift();
    while (frame !== undefined) {
      this.#queuedBytes -= frame.frame.length;
      if (!this.#take(frame.type, frame.frame)) this.#server.forward(frame);
      if (this.#busy) return;
      frame = this.#queue.shift();
    }
    this.#session.resumeClient();
  }

  /** Whether the client executes more before its next Sync, or waits for answers without one. */
  async #isFollowed(): Promise<boolean> {
    for (let i = 0; ; i++) {
      while (this.#queue[i] === undefined) {
        if (this.#turn.lost) return false;
        // The statement before this one may have stopped it.
        this.#session.resumeClient();
        await new Promise<void>((resolve) => {
          this.#onQueued = resolve;
        });
        this.#onQueued = undefined;
      }
      const { type } = this.#queue[i]!;
      if (type === frontend.sync || type === frontend.terminate) return false;
      // Closing runs nothing.
      if (type !== frontend.close) return true;
    }
  }
}

const isCopied = (type: number): boolean =>
  type === frontend.copyData || type === frontend.copyDone || type === frontend.copyFail;
