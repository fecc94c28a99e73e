import { LimitWindow } from '../execute/limit-window.js';

/**
 * How many of `rows` are read under a LIMIT of `wanted`, where as many of them pass all conditions as `passing` says,
 * evenly spread.
 * @param batchRows most rows of a batch
 */
export function rowsRead(wanted: number, rows: number, passing: number, batchRows: number): number {
  if (wanted >= passing) return rows;
  const window = new LimitWindow(wanted, 0);
  let read = 0;
  let passed = 0;
  while (window.left > 0 && read < rows) {
    read = Math.min(rows, read + window.rowsToRead(read, batchRows));
    const now = Math.floor((read * passing) / rows);
    window.take(now - passed);
    passed = now;
  }
  return read;
}
