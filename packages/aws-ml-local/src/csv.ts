import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** Rows of a CSV body (RFC 4180). An empty line is a row with one empty field, as one NULL argument is sent. */
export function parseCsv(body: Buffer | string): string[][] {
  if (body.length === 0) return [['']];
  return parse(body, { relax_column_count: true });
}

/** A row as a CSV line, without the line end. */
export function csvLine(fields: readonly unknown[]): string {
  return stringify([[...fields]], { record_delimiter: '' });
}

/** Number of rows, 0 for a body that isn't CSV. */
export function countCsvRows(body: Buffer): number {
  try {
    return parseCsv(body).length;
  } catch {
    return 0;
  }
}
