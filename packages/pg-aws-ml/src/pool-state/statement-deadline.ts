import type { ServerMessage } from '../stubs/server-message.js';

/** What the server says when statement_timeout has passed. */
export const timeoutMessage: ServerMessage = {
  code: '57014',
  message: 'canceling statement due to statement timeout',
};

/**
 * The session's statement_timeout for what happens outside the server, whose own clock stops when the base query is read
 * to its end.
 */
export class StatementDeadline {
  /** Aborts when the time has passed, or when the application gives the statement up. */
  readonly signal: AbortSignal;
  readonly #timeout = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param milliseconds 0 for none */
  constructor(milliseconds: number, signal: AbortSignal) {
    this.signal = milliseconds > 0 ? AbortSignal.any([signal, this.#timeout.signal]) : signal;
    this.#timer = milliseconds > 0 ? setTimeout(() => this.#timeout.abort(), milliseconds) : undefined;
  }

  get passed(): boolean {
    return this.#timeout.signal.aborted;
  }

  /** To be called when the statement ends. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
