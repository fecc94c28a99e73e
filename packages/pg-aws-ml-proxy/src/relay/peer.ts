import type { Socket } from 'node:net';

/** As much may wait to be written to one side before the other is read no further. */
const HIGH_WATER_BYTES = 64 * 1024;

/** How long a connection stays open for what the other side has not read yet. */
const LINGER_MS = 5_000;

/** Why a side isn't read. It is read when no reason is left. */
export const pausedBy = { otherSide: 1, interceptor: 2, start: 4 } as const;

/** One side of a relay: a socket, plain or TLS, that is read chunk by chunk and written with backpressure. */
export class Peer {
  readonly socket: Socket;
  /** Gets each chunk as it was read. */
  onChunk: (chunk: Buffer) => void = () => {};
  /** Called when everything that was written is on its way. */
  onDrain: () => void = () => {};
  #reasons: number = pausedBy.start;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.onChunk(chunk));
    socket.on('drain', () => this.onDrain());
  }

  /** Returns false when so much waits to be written that the source should wait for `onDrain`. */
  write(bytes: Buffer): boolean {
    const { socket } = this;
    return socket.write(bytes) || socket.writableLength < HIGH_WATER_BYTES;
  }

  get paused(): boolean {
    return this.#reasons !== 0;
  }

  pause(reason: number): void {
    if (this.#reasons === 0) this.socket.pause();
    this.#reasons |= reason;
  }

  /** Returns true when it is read again; `resumeReading` then says from when on. */
  mayResume(reason: number): boolean {
    if ((this.#reasons & reason) === 0) return false;
    this.#reasons &= ~reason;
    return this.#reasons === 0;
  }

  resumeReading(): void {
    if (this.#reasons === 0) this.socket.resume();
  }
}

/** Ends a connection so that what was written still arrives: what the other side sends meanwhile is dropped. */
export function leave(socket: Socket): void {
  socket.removeAllListeners('data').removeAllListeners('drain');
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
