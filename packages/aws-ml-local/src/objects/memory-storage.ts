import type { Storage, StoredBytes } from './storage.js';

/** Chunks are gathered to blocks of this size: a small slice of a socket's buffer would keep all of that buffer. */
const BLOCK_BYTES = 1024 * 1024;

/** Keeps objects in the process. */
export const memoryStorage: Storage = {
  load: async () => [],
  addBucket: async () => {},
  removeBucket: async () => {},
  save: async () => {},
  forget: async () => {},

  async write(_bucket, body) {
    const blocks: Buffer[] = [];
    let chunks: Uint8Array[] = [];
    let [gathered, size] = [0, 0];
    const gather = () => {
      blocks.push(Buffer.concat(chunks, gathered));
      size += gathered;
      chunks = [];
      gathered = 0;
    };
    for await (const chunk of body) {
      chunks.push(chunk);
      gathered += chunk.length;
      if (gathered >= BLOCK_BYTES) gather();
    }
    if (gathered > 0) gather();
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
