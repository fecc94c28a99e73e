import type { MlResult, StoredTarget } from 'aws-ml-core';

/** A row of the table to be. */
export interface PendingResult {
  readonly key: string;
  readonly target: StoredTarget;
  /** JSON */
  readonly result: string;
}

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ROWS = 1000;
const MAX_ROWS_BYTES = 4 * 1024 * 1024;
/** A rough count of what a row costs beside its result. */
const BYTES_PER_ROW = 200;

/** Results on their way to the table. Bounded: what doesn't fit is not kept. */
export class PendingResults {
  readonly #waiting = new Map<string, PendingResult>();
  #bytes = 0;

  /** @returns whether there was room */
  add(key: string, target: StoredTarget, result: MlResult): boolean {
    const row = { key, target, result: asciiJson(result) };
    if (this.#waiting.has(key)) return true;
    if (this.#bytes + sizeOf(row) > MAX_BYTES) return false;
    this.#bytes += sizeOf(row);
    this.#waiting.set(key, row);
    return true;
  }

  /** The rows of one INSERT; none where nothing waits. They count until they are `written`. */
  take(): readonly PendingResult[] {
    const rows: PendingResult[] = [];
    let bytes = 0;
    for (const row of this.#waiting.values()) {
      if (rows.length > 0 && (rows.length === MAX_ROWS || bytes + sizeOf(row) > MAX_ROWS_BYTES)) break;
      rows.push(row);
      bytes += sizeOf(row);
    }
    for (const { key } of rows) this.#waiting.delete(key);
    return rows;
  }

  /** They are written, or never will be. */
  written(rows: readonly PendingResult[]): void {
    for (const row of rows) this.#bytes -= sizeOf(row);
  }
}

const sizeOf = ({ result }: PendingResult): number => result.length + BYTES_PER_ROW;

/** So that a database in any encoding can hold it. */
const asciiJson = (result: MlResult): string =>
  JSON.stringify(result).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
