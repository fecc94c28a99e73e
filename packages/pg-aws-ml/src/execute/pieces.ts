import type { RowBatch } from './row-batch.js';

/** Hands rows on in smaller chunks where fewer are wanted at a time; never waits for more. */
export async function* pieces(
  source: AsyncIterable<RowBatch>,
  rowsWanted: (read: number) => number,
): AsyncGenerator<RowBatch> {
  let read = 0;
  for await (const rows of source) {
    let from = 0;
    do {
      const to = Math.min(rows.length, from + rowsWanted(read));
      read += to - from;
      yield to - from === rows.length ? rows : rows.pick(Array.from({ length: to - from }, (_, i) => from + i));
      from = to;
    } while (from < rows.length);
  }
}
