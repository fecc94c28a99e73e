import { frontend } from '../protocol/message-types.js';
import type { ClientSession } from './client-session.js';
import { type FrameHandler, treatment } from './frame-walker.js';
import { pausedBy } from './peer.js';
import type { SessionStart } from './session-start.js';

/** What a client sends, on its way to the server. */
export class ClientFrames implements FrameHandler {
  readonly #session: ClientSession;
  readonly #start: SessionStart;

  constructor(session: ClientSession, start: SessionStart) {
    this.#session = session;
    this.#start = start;
  }

  treat(type: number, length: number): number {
    const { interceptor, status, traffic } = this.#session;
    if (status === undefined) return this.#beforeReady(type, length);
    if (interceptor !== undefined && (type === frontend.query || type === frontend.parse || interceptor.wantsAll)) {
      if (length <= this.#start.maxMessageBytes) return treatment.whole;
      interceptor.unseen?.(type);
    }
    if (type === frontend.terminate) this.#session.leaving = true;
    traffic.sent(type);
    if (isStatement(type)) this.#session.statementBegins();
    return treatment.pass;
  }

  take(type: number, frame: Buffer): boolean {
    const { interceptor, status, traffic } = this.#session;
    if (status === undefined) {
      this.#start.authentication.fromClient(frame);
      return false;
    }
    if (isStatement(type)) this.#session.statementBegins();
    if (interceptor?.fromClient(type, frame) === true) return true;
    traffic.sent(type);
    return false;
  }

  forward(bytes: Buffer): void {
    const { client, server } = this.#session;
    if (!server.write(bytes)) client.pause(pausedBy.otherSide);
  }

  cork(): void {
    this.#session.server.socket.cork();
  }

  uncork(): void {
    this.#session.server.socket.uncork();
  }

  /** Whoever sends a statement before it has been let in waits: an interceptor may want to see it. */
  #beforeReady(type: number, length: number): number {
    if (type === frontend.password && length <= this.#start.maxMessageBytes) return treatment.whole;
    return type === frontend.terminate ? treatment.pass : treatment.stop;
  }
}

const isStatement = (type: number): boolean => type === frontend.query || type === frontend.execute;
