import type { Hold, ServerConnection } from '../server/server-connection.js';

/** A request to cancel waits so long at most, and as much longer as this process is late. */
const LOOK_MS = 15;

const open = new WeakMap<ServerConnection, SharedHold>();

/** A server that is held open while its client waits for others, and looks whether it shall cancel. */
export class SharedHold {
  /** Rejects when the server is interrupted, or its connection lost. */
  readonly broken: Promise<never>;
  readonly #connection: ServerConnection;
  readonly #hold: Hold;
  readonly #looks: NodeJS.Timeout;
  #waiting = 0;

  /** What waits on the same connection at the same time shares one. Each has to `leave`. */
  static of(connection: ServerConnection, copy: string): SharedHold {
    let shared = open.get(connection);
    if (shared === undefined) {
      shared = new SharedHold(connection, copy);
      open.set(connection, shared);
    }
    shared.#waiting += 1;
    return shared;
  }

  private constructor(connection: ServerConnection, copy: string) {
    this.#connection = connection;
    this.#hold = connection.hold(copy);
    this.broken = this.#hold.broken;
    this.#looks = setInterval(() => this.#hold.look(), LOOK_MS);
  }

  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    open.delete(this.#connection);
    clearInterval(this.#looks);
    this.#hold.end();
  }
}
