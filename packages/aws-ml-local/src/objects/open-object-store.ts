import { resolve } from 'node:path';
import { DiskStorage } from './disk-storage.js';
import { LocalObjectStore } from './local-object-store.js';
import { memoryStorage } from './memory-storage.js';

export interface ObjectStoreOptions {
  readonly data: string | undefined;
  readonly buckets: readonly string[];
  readonly baseDirectory: string;
}

/** @throws Error when the folder can't be used */
export async function openObjectStore({ data, buckets, baseDirectory }: ObjectStoreOptions): Promise<LocalObjectStore> {
  const storage = data === undefined ? memoryStorage : await DiskStorage.open(resolve(baseDirectory, data));
  const store = await LocalObjectStore.open(storage);
  for (const bucket of buckets) if (!(await store.hasBucket(bucket))) await store.createBucket(bucket);
  return store;
}
