import type { ServerConnection } from './server-connection.js';

/** A connection that belongs to nobody's session. */
export interface OpenedConnection {
  readonly connection: ServerConnection;
  /** Whether the process waits for it. */
  setReferenced(referenced: boolean): void;
  /** Breaks it, with all that waits for its answers. */
  destroy(): void;
  end(): Promise<void>;
}

/** Opens another connection with the parameters of a client's. `onLoss` is told where it ends by itself. */
export type Connect = (onLoss: () => void) => Promise<OpenedConnection>;

export interface OwnConnectionOptions {
  /** Without a user for so long, it is closed. */
  readonly idleMs: number;
  /** SQL for the start of a session. */
  readonly setUp?: string;
  /** `lost` also where it could not be opened. */
  readonly onChange?: (change: 'opened' | 'closed' | 'lost') => void;
}

/**
 * A connection that a pool has beside those of its clients, with their parameters. Opened when somebody needs it, closed
 * when nobody has needed it for a while; unused, it keeps no process alive.
 */
export class OwnConnection {
  readonly #options: OwnConnectionOptions;
  #connect: Connect | undefined;
  #opening: Promise<OpenedConnection> | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: OwnConnectionOptions) {
    this.#options = options;
  }

  /** Takes over how a client connects: the first one's way stays. */
  connectBy(connect: Connect): void {
    this.#connect ??= connect;
  }

  /** Opens it where it isn't open. To be released when it is no longer needed. */
  async acquire(): Promise<ServerConnection> {
    this.#users += 1;
    clearTimeout(this.#idle);
    try {
      const opened = await this.#open();
      opened.setReferenced(true);
      return opened.connection;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#opening?.then((opened) => this.#users === 0 && opened.setReferenced(false)).catch(() => {});
    this.#idle = setTimeout(() => void this.close(), this.#options.idleMs);
    this.#idle.unref();
  }

  /** The connection of those who have acquired it; another one where it was lost. */
  async current(): Promise<ServerConnection> {
    return (await this.#open()).connection;
  }

  /** Breaks it, with all that waits for its answers. The next user gets another one. */
  destroy(): void {
    const opening = this.#opening;
    if (opening !== undefined) this.#lose(opening);
    opening?.then((opened) => opened.destroy()).catch(() => {});
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening !== undefined) this.#options.onChange?.('closed');
    await opening?.then((opened) => opened.end()).catch(() => {});
  }

  #open(): Promise<OpenedConnection> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#begin(() => this.#lose(opening));
    this.#opening = opening;
    opening.then(
      () => this.#options.onChange?.('opened'),
      () => this.#lose(opening),
    );
    return opening;
  }

  async #begin(onLoss: () => void): Promise<OpenedConnection> {
    if (this.#connect === undefined) throw new Error('nobody has said how to connect');
    const opened = await this.#connect(onLoss);
    if (this.#options.setUp !== undefined) await opened.connection.simple(this.#options.setUp);
    return opened;
  }

  #lose(opening: Promise<OpenedConnection>): void {
    if (this.#opening !== opening) return;
    this.#opening = undefined;
    this.#options.onChange?.('lost');
  }
}
