import { blocksOf } from './blocks.js';
import type { Storage, StoredBytes } from './storage.js';

/** Keeps objects in the process. */
export const memoryStorage: Storage = {
  load: async () => [],
  addBucket: async () => {},
  removeBucket: async () => {},
  save: async () => {},
  forget: async () => {},

  async write(_bucket, body) {
    const blocks: Buffer[] = [];
    let size = 0;
    for await (const { chunks, bytes } of blocksOf(body)) {
      blocks.push(Buffer.concat(chunks, bytes));
      size += bytes;
    }
    return memoryBytes(blocks, size);
  },
};

function memoryBytes(blocks: readonly Buffer[], size: number): StoredBytes {
  return {
    size,
    async *read(first, end) {
      let at = 0;
      for (const block of blocks) {
        const from = Math.max(first - at, 0);
        const to = Math.min(end - at, block.length);
        if (from < to) yield block.subarray(from, to);
        at += block.length;
        if (at >= end) return;
      }
    },
    hold: () => async () => {},
    discard: async () => {},
  };
}
