import { connectToServer } from '../start-up/connect-to-server.js';
import type { ServerAddress } from '../start-up/server-address.js';

/** So long an answer holds. */
const HOLDS_MS = 1_000;

/**
 * Whether the server can be reached, asked at most once a second. Nothing is sent on the connection: the server
 * doesn't log it.
 */
export class Reachability {
  readonly #server: ServerAddress;
  readonly #timeoutMs: number;
  #asked = Number.NEGATIVE_INFINITY;
  #answer: Promise<boolean> | undefined;

  constructor(server: ServerAddress, timeoutMs: number) {
    this.#server = { ...server, sslmode: 'disable' };
    this.#timeoutMs = timeoutMs;
  }

  ask(): Promise<boolean> {
    if (this.#answer !== undefined && performance.now() - this.#asked < HOLDS_MS) return this.#answer;
    this.#asked = performance.now();
    this.#answer = connectToServer(this.#server, this.#timeoutMs).then(
      (socket) => {
        socket.on('error', () => {}).destroy();
        return true;
      },
      () => false,
    );
    return this.#answer;
  }
}
