import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { retainedBytes } from './retained-bytes.js';

/** Longer keys, such as texts of statements, are kept by their digest. */
const LONG_KEY = 200;

/** What an entry costs beside its key and its value, roughly. */
const ENTRY_BYTES = 100;

/** Remembers what was asked for lately. Keys and values together take no more than a number of bytes, roughly counted. */
export class BoundedCache<V extends NonNullable<unknown>> {
  readonly #entries: LRUCache<string, V>;

  constructor(maxBytes: number) {
    this.#entries = new LRUCache({ maxSize: maxBytes });
  }

  get(key: string): V | undefined {
    return this.#entries.get(shortened(key));
  }

  has(key: string): boolean {
    return this.#entries.has(shortened(key));
  }

  /** Keeps nothing where the value alone takes more than there may be. */
  set(key: string, value: V): void {
    const short = shortened(key);
    this.#entries.set(short, value, { size: ENTRY_BYTES + 2 * short.length + retainedBytes(value) });
  }

  delete(key: string): void {
    this.#entries.delete(shortened(key));
  }

  clear(): void {
    this.#entries.clear();
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }
}

const shortened = (key: string): string => (key.length > LONG_KEY ? hash('sha256', key, 'base64') : key);
