/** Chunks are gathered to blocks of this size: a small slice of a socket's buffer would keep all of that buffer. */
export const BLOCK_BYTES = 1024 * 1024;

export interface Block {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
}

/** The chunks of a body in blocks: all but the last of `BLOCK_BYTES` at least. */
export async function* blocksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes < BLOCK_BYTES) continue;
    yield { chunks, bytes };
    chunks = [];
    bytes = 0;
  }
  if (bytes > 0) yield { chunks, bytes };
}
