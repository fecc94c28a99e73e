import { HEADER_BYTES, LENGTH_BYTES } from './message-types.js';

/** Writes the fields of one message in their order. */
export class MessageWriter {
  #bytes: Buffer;
  #at = HEADER_BYTES;

  constructor(type: number) {
    this.#bytes = Buffer.allocUnsafe(128);
    this.#bytes[0] = type;
  }

  byte(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  int16(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeUInt32BE(value, at);
    return this;
  }

  /** With a zero byte behind it. */
  text(value: string): this {
    const length = Buffer.byteLength(value);
    const at = this.#grow(length + 1);
    this.#bytes.write(value, at, length, 'utf8');
    this.#bytes[at + length] = 0;
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** With its length before it; null has -1. */
  value(value: Uint8Array | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).bytes(value);
  }

  /** With their number, up to 65,535, before them. */
  list<T>(items: readonly T[], write: (item: T) => void): this {
    const at = this.#grow(2);
    this.#bytes.writeUInt16BE(items.length, at);
    items.forEach(write);
    return this;
  }

  frame(): Buffer {
    this.#bytes.writeUInt32BE(this.#at - HEADER_BYTES + LENGTH_BYTES, 1);
    return this.#bytes.subarray(0, this.#at);
  }

  #grow(count: number): number {
    const at = this.#at;
    this.#at = at + count;
    if (this.#at > this.#bytes.length) {
      const longer = Buffer.allocUnsafe(Math.max(this.#at, 2 * this.#bytes.length));
      this.#bytes.copy(longer, 0, 0, at);
      this.#bytes = longer;
    }
    return at;
  }
}
