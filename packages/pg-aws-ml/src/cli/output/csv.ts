import { stringify } from 'csv-stringify/sync';
import type { Column, RowPrinter } from './row-printer.js';

const quoteEmpty = (value: string) => (value === '' ? { value, quoted_empty: true } : value);

/** RFC 4180 with a header; NULL is an empty field and an empty string is "". */
export class CsvPrinter implements RowPrinter {
  begin(columns: readonly Column[]): string {
    return stringify([columns.map(({ name }) => name)]);
  }

  row(values: readonly (string | null)[]): string {
    return stringify([values as (string | null)[]], { cast: { string: quoteEmpty } });
  }

  end(): string {
    return '';
  }
}
