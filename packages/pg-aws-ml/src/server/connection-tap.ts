import type { ProtocolConnection } from './protocol-connection.js';

/** Sees an event of a connection first; true keeps it from the connection's listeners. */
export type EventTaker = (event: string, argument: unknown) => boolean;

/**
 * Stands between a connection and its listeners, until released.
 *
 * It shadows `emit` and leaves the listeners alone: those that come and go meanwhile (the application's own, `once`)
 * keep their place and order, and nothing has to be restored.
 */
export class ConnectionTap {
  private readonly emitBefore: ProtocolConnection['emit'];
  private readonly hadOwnEmit: boolean;
  private readonly tappedEmit: ProtocolConnection['emit'];
  private released = false;

  constructor(
    private readonly connection: ProtocolConnection,
    taker: EventTaker,
  ) {
    const emitBefore = connection.emit;
    this.emitBefore = emitBefore;
    this.hadOwnEmit = Object.hasOwn(connection, 'emit');
    this.tappedEmit = (event: string | symbol, argument?: unknown, ...rest: unknown[]) => {
      if (!this.released && typeof event === 'string' && taker(event, argument)) return true;
      // Messages have one argument; to spread none costs, for each row.
      if (rest.length === 0) return emitBefore.call(connection, event, argument);
      return emitBefore.call(connection, event, argument, ...rest);
    };
    connection.emit = this.tappedEmit;
  }

  /** Emits to the connection's listeners, past the taker. */
  emit(event: string, argument: unknown): void {
    this.emitBefore.call(this.connection, event, argument);
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    // Somebody may have shadowed our `emit` meanwhile; then ours stays below theirs and only passes on.
    if (this.connection.emit !== this.tappedEmit) return;
    if (this.hadOwnEmit) this.connection.emit = this.emitBefore;
    else delete (this.connection as Partial<Pick<ProtocolConnection, 'emit'>>).emit;
  }
}
