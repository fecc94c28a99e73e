import { HEADER_BYTES } from './message-types.js';

/** Something ends where it must not. What is wrong with a message is the server's to say: it goes there as it is. */
class Malformed extends Error {}

/** Reads the fields of one message in their order. */
export class MessageReader {
  readonly #frame: Buffer;
  #at = HEADER_BYTES;

  constructor(frame: Buffer) {
    this.#frame = frame;
  }

  byte(): number {
    return this.#frame[this.#skip(1)] as number;
  }

  int16(): number {
    return this.#frame.readInt16BE(this.#skip(2));
  }

  uint16(): number {
    return this.#frame.readUInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#frame.readInt32BE(this.#skip(4));
  }

  uint32(): number {
    return this.#frame.readUInt32BE(this.#skip(4));
  }

  /** Up to the next zero byte. */
  text(): string {
    const end = this.#frame.indexOf(0, this.#at);
    if (end < 0) throw new Malformed();
    const text = this.#frame.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** With its length before it; null where that is -1. A view of the frame. */
  value(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    const start = this.#skip(length);
    return this.#frame.subarray(start, start + length);
  }

  list<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.uint16(); left > 0; left--) items.push(read());
    return items;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#at !== this.#frame.length) throw new Malformed();
  }

  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.#frame.length) throw new Malformed();
    this.#at = at + count;
    return at;
  }
}

/** What `read` makes of a frame; undefined where the frame is malformed. */
export function readMessage<T>(frame: Buffer, read: (reader: MessageReader) => T): T | undefined {
  try {
    const reader = new MessageReader(frame);
    const message = read(reader);
    reader.end();
    return message;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
