import type { ObjectFacts } from './object-store.js';

/** Bytes that have been written and don't change. */
export interface StoredBytes {
  readonly size: number;
  /** @param end not included */
  read(first: number, end: number): AsyncIterable<Uint8Array>;
  /** They stay until what it returns is called, even if they are discarded meanwhile. */
  hold(): () => Promise<void>;
  /** Nothing refers to them any longer. */
  discard(): Promise<void>;
}

/** An object: its bytes are those of its pieces, one after the other. */
export interface StoredObject {
  readonly facts: ObjectFacts;
  readonly pieces: readonly StoredBytes[];
}

export interface StoredBucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly objects: readonly StoredObject[];
}

/** Where buckets and objects are kept. Everything but `write` is called by turns. */
export interface Storage {
  load(): Promise<readonly StoredBucket[]>;
  addBucket(bucket: string, createdAt: Date): Promise<void>;
  removeBucket(bucket: string): Promise<void>;
  /** Writes bytes that belong to no object yet. Nothing is left of a body that breaks off. */
  write(bucket: string, body: AsyncIterable<Uint8Array>): Promise<StoredBytes>;
  /** Makes an object what its key stands for, all at once. */
  save(object: StoredObject): Promise<void>;
  forget(bucket: string, key: string): Promise<void>;
}
