import { ConnectionTap } from './connection-tap.js';
import { sendsCopyData } from './copy-exchange.js';
import type { Exchange, PendingExchange } from './exchange.js';
import { HeldOpen, type HoldMessages } from './held-open.js';
import { type ProtocolConnection, type ServerMessage, statementMessages } from './protocol-connection.js';
import type { Hold, ServerNotice, TransactionStatus } from './server-connection.js';

interface Failure {
  readonly error: unknown;
}

interface Request {
  readonly exchange: Exchange;
  readonly write: () => void;
}

/**
 * The requests under way on a connection: what is sent in one tick goes out in one write, answers go to the exchanges
 * in their order, an error ends everything up to the next Sync, and the client sees none of it.
 */
export class RequestPipeline {
  /** Takes the notices for which it returns true. */
  noticeFilter: ((notice: ServerNotice) => boolean) | undefined;
  private readonly tap: ConnectionTap;
  private readonly pending: Exchange[] = [];
  /** Requests that go out with the next one. */
  private readonly deferred: Request[] = [];
  /** The error after which the server skips everything up to the Sync that nobody has sent yet. */
  private failure: Failure | undefined;
  private loss: Failure | undefined;
  private lastError: unknown;
  private corked = false;
  private flushNeeded = false;
  private unsynced = false;
  /** What the server does when it has nothing else to do. */
  private held: HeldOpen | undefined;

  constructor(
    private readonly connection: ProtocolConnection,
    private status: TransactionStatus,
    private readonly onLoss: (error: unknown) => void,
  ) {
    this.tap = new ConnectionTap(connection, (event, argument) => this.take(event, argument));
  }

  get transactionStatus(): TransactionStatus {
    return this.status;
  }

  get synced(): boolean {
    return !this.unsynced && this.pending.length === 0;
  }

  get lost(): boolean {
    return this.loss !== undefined;
  }

  get terminationError(): unknown {
    return this.lost ? this.lastError : undefined;
  }

  emitToClient(event: string, message: unknown): void {
    this.tap.emit(event, message);
  }

  release(): void {
    this.tap.release();
  }

  /** Sends requests of the extended protocol. Refused after an error until `sendToReady`. */
  send<Result>(exchange: PendingExchange<Result>, write: () => void): Promise<Result> {
    const refusal = this.loss ?? this.failure;
    if (refusal !== undefined) exchange.reject(refusal.error);
    else this.write(exchange, write, true);
    return exchange.answered;
  }

  /** Sends a request together with the next one: for what nobody waits for. Dropped after an error. */
  sendWithNext(exchange: Exchange, write: () => void): void {
    const refusal = this.loss ?? this.failure;
    if (refusal === undefined) this.deferred.push({ exchange, write });
    else exchange.reject(refusal.error);
  }

  /** Sends a request that the server answers with ReadyForQuery. */
  sendToReady<Result>(exchange: PendingExchange<Result>, write: () => void): Promise<Result> {
    this.failure = undefined;
    if (this.loss !== undefined) exchange.reject(this.loss.error);
    else this.write(exchange, write, false);
    return exchange.answered;
  }

  /** Holds the server open from the end of this tick on, behind what has been sent. One at a time. */
  hold(messages: HoldMessages): Hold {
    const held = new HeldOpen(messages, {
      wantsOpen: () => this.corkForThisTick(),
      ended: () => {
        if (this.held === held) this.held = undefined;
      },
    });
    const refusal = this.loss ?? this.failure;
    if (refusal !== undefined) held.breakOff(refusal.error);
    else {
      this.corkForThisTick();
      // One that has ended may be open still: nothing was sent since.
      this.held?.close();
      this.held = held;
    }
    return held;
  }

  /** Sends the COPY behind what has been sent in this tick. */
  private holdOpen(): void {
    const { held } = this;
    if (held === undefined || held.isOpen || this.failure !== undefined || this.loss !== undefined) return;
    if (this.connection.stream.writable === false || this.pending.at(-1)?.endsWindow) return;
    this.unsynced = true;
    this.pending.push(held.open());
    // The server sends its answer to COPY by itself.
    this.flushNeeded = false;
  }

  private write(exchange: Exchange, write: () => void, needsFlush: boolean): void {
    for (const earlier of this.deferred.splice(0)) this.writeNow(earlier.exchange, earlier.write, true);
    this.writeNow(exchange, write, needsFlush);
  }

  private writeNow(exchange: Exchange, write: () => void, needsFlush: boolean): void {
    const { stream } = this.connection;
    if (stream.writable === false) {
      // Where it is about to end, the connection says why.
      if (stream.closed) exchange.reject(new Error('Connection terminated unexpectedly'));
      else this.pending.push(exchange);
      return;
    }
    this.corkForThisTick();
    this.held?.close();
    this.unsynced = true;
    this.flushNeeded = needsFlush;
    try {
      write();
    } catch (error) {
      // A value that cannot be sent. What was written before it is answered too, but no exchange counts those answers.
      exchange.reject(error);
      return;
    }
    this.pending.push(exchange);
  }

  private corkForThisTick(): void {
    if (this.corked) return;
    this.corked = true;
    const { stream } = this.connection;
    stream.cork?.();
    process.nextTick(() => {
      this.corked = false;
      this.holdOpen();
      if (this.flushNeeded) this.connection.flush();
      this.flushNeeded = false;
      stream.uncork?.();
    });
  }

  private take(event: string, argument: unknown): boolean {
    if (statementMessages.has(event)) {
      this.takeMessage(argument as ServerMessage);
      return true;
    }
    if (event === 'notice') return this.noticeFilter?.(argument as ServerNotice) ?? false;
    if (event === 'error') this.lose(argument);
    else if (event === 'end') this.lose(new Error('Connection terminated unexpectedly'));
    return false;
  }

  private takeMessage(message: ServerMessage): void {
    const exchange = this.pending[0];
    if (message.name === 'copyInResponse' && !HeldOpen.awaits(exchange) && !sendsCopyData(exchange)) {
      this.connection.sendCopyFail('COPY FROM STDIN has no data here');
    }
    if (message.name === 'error') {
      this.lastError = message;
      if (!exchange?.endsWindow) {
        this.failWindow(message);
        return;
      }
    }
    if (message.name === 'readyForQuery') {
      this.status = message.status as TransactionStatus;
      this.lastError = undefined;
    }
    if (exchange?.take(message)) {
      this.pending.shift();
      if (exchange.endsWindow && this.pending.length === 0) this.unsynced = false;
    }
  }

  /** Rejects everything up to the next Sync, sent or not. */
  private failWindow(error: unknown): void {
    const end = this.pending.findIndex((exchange) => exchange.endsWindow);
    if (end < 0) this.failure = { error };
    const failed = this.pending.splice(0, end < 0 ? this.pending.length : end);
    if (end < 0) failed.push(...this.takeDeferred());
    for (const exchange of failed) exchange.reject(error);
  }

  private takeDeferred(): Exchange[] {
    return this.deferred.splice(0).map(({ exchange }) => exchange);
  }

  private lose(reason: unknown): void {
    if (this.loss !== undefined) return;
    const error = this.lastError ?? reason;
    this.loss = { error };
    for (const exchange of [...this.pending.splice(0), ...this.takeDeferred()]) exchange.reject(error);
    this.onLoss(error);
  }
}
