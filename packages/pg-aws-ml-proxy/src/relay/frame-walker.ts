import { backend, frontend, HEADER_BYTES, LENGTH_BYTES } from '../protocol/message-types.js';

/** Types of which many follow one another: what is made of one is made of all. */
const ofMany = new Uint8Array(256);
ofMany[backend.dataRow] = 1;
ofMany[frontend.copyData] = 1;

const lengthAt = (bytes: Buffer, at: number): number =>
  (bytes[at] as number) * 0x1000000 +
  (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));

/** What becomes of a frame, decided by its header. */
export const treatment = {
  /** It goes on as it comes, in as many chunks as it comes in. */
  pass: 0,
  /** It is held until it is whole, and goes on unless it is taken. */
  whole: 1,
  /** Nothing is held back of it that is whole in its chunk, and it has gone on when it is looked at. */
  note: 2,
  /** Neither it nor what follows goes on before `proceed`. */
  stop: 3,
} as const;

export interface FrameHandler {
  /** @param length of the whole frame */
  treat(type: number, length: number): number;
  /** Gets a whole frame. Returns true when it has taken it: then it does not go on. */
  take(type: number, frame: Buffer): boolean;
  /** Gets what goes on, in order. */
  forward(bytes: Buffer): void;
  /** What is forwarded up to `uncork` may be written together. */
  cork?(): void;
  uncork?(): void;
}

/**
 * Walks from header to header through one direction of a connection. What passes goes on chunk by chunk, without a copy,
 * with one call of `forward` for all of a chunk that lies between frames which were taken.
 */
export class FrameWalker {
  readonly #handler: FrameHandler;
  /** How much of the current frame has yet to come. */
  #left = 0;
  /** The beginning of a frame that is held, and how long it must be to be looked at. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #needed = 0;
  /** What has come since it was stopped. */
  #later: Buffer[] = [];
  #laterBytes = 0;
  #stopped = false;
  #walking = false;
  /** The chunk that is walked through: from where on it has not gone on, and up to where it may. */
  #chunk: Buffer | undefined;
  #from = 0;
  #upTo = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Nothing of a frame has gone on whose end has not. */
  get betweenFrames(): boolean {
    return this.#left === 0;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** How much waits for `proceed`. */
  get waitingBytes(): number {
    return this.#laterBytes;
  }

  push(chunk: Buffer): void {
    if (this.#stopped || this.#walking) {
      this.#later.push(chunk);
      this.#laterBytes += chunk.length;
    } else if (this.#heldBytes === 0) {
      this.#walk(chunk);
    } else if (this.#heldBytes < HEADER_BYTES && this.#heldBytes + chunk.length > HEADER_BYTES) {
      this.#completeHeader(chunk);
    } else {
      const whole = this.#withHeld(chunk);
      if (whole !== undefined) this.#walk(whole);
    }
  }

  /** A header that straddles two chunks goes by itself, so that the second need not be copied. */
  #completeHeader(chunk: Buffer): void {
    const missing = HEADER_BYTES - this.#heldBytes;
    this.#handler.cork?.();
    const header = this.#withHeld(chunk.subarray(0, missing));
    if (header !== undefined) this.#walk(header);
    this.push(chunk.subarray(missing));
    this.#handler.uncork?.();
  }

  /** Sends on what lies before the frame that is being looked at, so that what the handler writes comes after it. */
  flush(): void {
    const chunk = this.#chunk;
    if (chunk === undefined || this.#from >= this.#upTo) return;
    const run = chunk.subarray(this.#from, this.#upTo);
    this.#from = this.#upTo;
    this.#handler.forward(run);
  }

  /** From the next frame on everything waits. */
  stop(): void {
    this.#stopped = true;
  }

  /** Goes on with what has waited. */
  proceed(): void {
    this.#stopped = false;
    if (this.#walking) return;
    while (this.#later.length > 0 && !this.#stopped) {
      const waiting = this.#later.length === 1 ? this.#later[0] : Buffer.concat(this.#later);
      this.#later = [];
      this.#laterBytes = 0;
      if (waiting !== undefined) this.push(waiting);
    }
  }

  #walk(chunk: Buffer): void {
    const { length } = chunk;
    if (this.#left >= length) {
      this.#left -= length;
      this.#handler.forward(chunk);
      return;
    }
    this.#walking = true;
    this.#chunk = chunk;
    this.#from = 0;
    const end = this.#frames(chunk, this.#left);
    this.#left = Math.max(0, end - length);
    this.#upTo = Math.min(end, length);
    this.flush();
    this.#chunk = undefined;
    this.#walking = false;
  }

  /** Returns where the last frame ends that goes on: beyond the chunk's end if the rest of it has yet to come. */
  #frames(chunk: Buffer, start: number): number {
    const { length } = chunk;
    const handler = this.#handler;
    let at = start;
    while (at < length) {
      if (this.#stopped) return this.#keep(chunk, at);
      if (length - at < HEADER_BYTES) return this.#hold(chunk, at, HEADER_BYTES);
      const type = chunk[at] as number;
      const total = lengthAt(chunk, at + 1) + 1;
      // What is wrong with it is the other side's to say.
      if (total < HEADER_BYTES) return Number.POSITIVE_INFINITY;
      const treated = handler.treat(type, total);
      if (treated === treatment.stop) {
        this.#stopped = true;
        return this.#keep(chunk, at);
      }
      if (treated !== treatment.pass) {
        if (at + total > length) return this.#hold(chunk, at, total);
        this.#upTo = treated === treatment.note ? at + total : at;
        if (handler.take(type, chunk.subarray(at, at + total))) {
          this.flush();
          this.#from = at + total;
        }
      }
      at += total;
      // Rows and copied data come in thousands: nothing has happened since that would change what becomes of them.
      if (treated === treatment.pass && ofMany[type] === 1) at = this.#endOfRun(chunk, type, at);
    }
    return at;
  }

  /** Where the last of the frames of one type ends that follow one another, as far as their headers are there. */
  #endOfRun(chunk: Buffer, type: number, start: number): number {
    const last = chunk.length - HEADER_BYTES;
    let at = start;
    while (at <= last && chunk[at] === type) {
      const length = lengthAt(chunk, at + 1);
      if (length < LENGTH_BYTES) break;
      at += length + 1;
    }
    return at;
  }

  #keep(chunk: Buffer, at: number): number {
    this.#later.unshift(chunk.subarray(at));
    this.#laterBytes += chunk.length - at;
    return at;
  }

  #hold(chunk: Buffer, at: number, needed: number): number {
    this.#held.push(chunk.subarray(at));
    this.#heldBytes = chunk.length - at;
    this.#needed = needed;
    return at;
  }

  /** What is held with the chunk behind it, once that is enough to look at; before that, nothing. */
  #withHeld(chunk: Buffer): Buffer | undefined {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#needed) return undefined;
    const whole = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return whole;
  }
}
