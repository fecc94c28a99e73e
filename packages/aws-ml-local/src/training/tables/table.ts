import { CsvError, parse } from 'csv-parse/sync';
import { TrainingFailure } from '../training-job.js';

/** Cells of CSV; '' is a missing value. */
export interface Table {
  /** Empty where the file has no header. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** @param name of the channel, for messages */
export function readTable(csv: Uint8Array, name: string, { header }: { readonly header: boolean }): Table {
  const [first, ...others] = parseRows(csv, name);
  if (first === undefined) throw new TrainingFailure(`ClientError: No data was found in the ${name} channel.`);
  const table = header ? { names: first, rows: others } : { names: [], rows: [first, ...others] };
  if (table.rows.length === 0) throw new TrainingFailure(`ClientError: The ${name} channel has a header but no rows.`);
  const repeated = table.names.find((column, index) => table.names.indexOf(column) !== index);
  if (repeated !== undefined) {
    throw new TrainingFailure(`ClientError: The header of the ${name} channel has a column name twice.`);
  }
  return table;
}

function parseRows(csv: Uint8Array, name: string): string[][] {
  try {
    return parse(csv, { bom: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's message may quote cells.
    throw new TrainingFailure(
      `ClientError: The ${name} channel is no valid CSV (${error.code}, line ${error.lines ?? 'unknown'}): each row must have as many fields as the first.`,
    );
  }
}

/** The cells of a column, top to bottom. */
export function columnOf({ rows }: Table, index: number): string[] {
  return rows.map((row) => row[index] ?? '');
}

/** What a cell says as a number; NaN where it is missing or no number. */
export function numberIn(cell: string): number {
  const text = cell.trim();
  if (text === '') return Number.NaN;
  const value = Number(text);
  // Number() also reads 0x10, 0b1 and Infinity.
  return Number.isFinite(value) && !/^[+-]?0[xbo]/i.test(text) ? value : Number.NaN;
}
