import { backend, HEADER_BYTES } from '../protocol/message-types.js';
import type { ClientSession } from './client-session.js';
import type { FrameInterceptor, TransactionStatus } from './frame-interceptor.js';
import { type FrameHandler, treatment } from './frame-walker.js';
import { pausedBy } from './peer.js';
import type { SessionStart } from './session-start.js';

/** Those that are looked at whoever takes part. */
const noted = new Uint8Array(256);
for (const name of ['readyForQuery', 'parameterStatus', 'errorResponse'] as const) noted[backend[name]] = 1;

/** What the server sends, on its way to the client. */
export class ServerFrames implements FrameHandler {
  readonly #session: ClientSession;
  readonly #start: SessionStart;

  constructor(session: ClientSession, start: SessionStart) {
    this.#session = session;
    this.#start = start;
  }

  treat(type: number, length: number): number {
    const { interceptor, status, traffic } = this.#session;
    // What it has asked for itself is its own, however long.
    if (interceptor?.wantsServer === true) return treatment.whole;
    if (status === undefined) return type === backend.readyForQuery ? treatment.note : treatment.whole;
    if (noted[type] === 0 || length > this.#start.maxMessageBytes) {
      traffic.received(type);
      return treatment.pass;
    }
    return type === backend.errorResponse ? treatment.whole : treatment.note;
  }

  take(type: number, frame: Buffer): boolean {
    const session = this.#session;
    const { interceptor } = session;
    session.traffic.received(type);
    if (type === backend.readyForQuery) this.#ready(frame);
    else if (type === backend.parameterStatus) this.#parameter(frame);
    else if (session.status === undefined && type !== backend.errorResponse) return this.#startUp(type, frame);
    const taken = interceptor !== undefined && this.#taken(interceptor, type, frame);
    if (type === backend.errorResponse && !taken) session.failed(frame);
    return taken;
  }

  forward(bytes: Buffer): void {
    const { client, server } = this.#session;
    if (!client.write(bytes)) server.pause(pausedBy.otherSide);
  }

  cork(): void {
    this.#session.client.socket.cork();
  }

  uncork(): void {
    this.#session.client.socket.uncork();
  }

  #taken(interceptor: FrameInterceptor, type: number, frame: Buffer): boolean {
    if (interceptor.wantsServer) return interceptor.fromServer(type, frame);
    return type === backend.errorResponse && interceptor.onError?.(frame) === true;
  }

  #ready(frame: Buffer): void {
    const session = this.#session;
    const first = session.status === undefined;
    session.status = String.fromCharCode(frame[HEADER_BYTES] ?? 0) as TransactionStatus;
    if (session.interceptor?.busy !== true) session.since = Date.now();
    if (first) session.begin();
    else session.interceptor?.onReady?.(session.status);
  }

  #parameter(frame: Buffer): void {
    const end = frame.indexOf(0, HEADER_BYTES);
    const name = frame.toString('utf8', HEADER_BYTES, end);
    const value = frame.toString('utf8', end + 1, frame.length - 1);
    this.#session.parameters.set(name, value);
    this.#session.interceptor?.onParameter?.(name, value);
  }

  /** Returns true when another frame has gone in its place. */
  #startUp(type: number, frame: Buffer): boolean {
    if (type === backend.backendKeyData) this.#session.backendKey = Buffer.from(frame.subarray(HEADER_BYTES));
    if (type !== backend.authentication) return false;
    const other = this.#start.authentication.fromServer(frame);
    if (other === frame) return false;
    void this.#session.writeToClient(other);
    return true;
  }
}
