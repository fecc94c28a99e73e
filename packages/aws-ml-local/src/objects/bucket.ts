import { compareKeys, firstIndex } from './key-order.js';
import type { MultipartUpload } from './multipart-upload.js';
import type { StoredBucket, StoredObject } from './storage.js';

/** What a bucket holds, and the order of its keys. */
export class Bucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly uploads = new Map<string, MultipartUpload>();
  private readonly objects = new Map<string, StoredObject>();
  private readonly sorted: string[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  constructor({ name, createdAt, objects }: StoredBucket) {
    this.name = name;
    this.createdAt = createdAt;
    for (const object of objects) this.objects.set(object.facts.key, object);
    this.sorted = [...this.objects.keys()].sort(compareKeys);
  }

  /** In the order of their bytes in UTF-8. */
  get keys(): readonly string[] {
    return this.sorted;
  }

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /** Returns what was there before. */
  set(object: StoredObject): StoredObject | undefined {
    const { key } = object.facts;
    const before = this.objects.get(key);
    this.objects.set(key, object);
    if (before === undefined) this.sorted.splice(this.place(key), 0, key);
    return before;
  }

  remove(key: string): StoredObject | undefined {
    const before = this.objects.get(key);
    if (before !== undefined) {
      this.objects.delete(key);
      this.sorted.splice(this.place(key), 1);
    }
    return before;
  }

  /** Runs after all that had its turn before: what changes the bucket never overlaps. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.turn.then(change);
    this.turn = result.catch(() => {});
    return result;
  }

  private place(key: string): number {
    return firstIndex(this.sorted, (other) => compareKeys(other, key) >= 0);
  }
}
