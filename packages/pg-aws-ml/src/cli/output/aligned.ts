import { type CellLine, cellLines } from './cell.js';
import type { Column, RowPrinter } from './row-printer.js';

/** int8, int2, int4, oid, xid, cid, float4, float8, money, numeric, xid8: to the right, as in psql. */
const rightAligned: ReadonlySet<number> = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

/** Characters of rows that decide on the widths of columns: all of them, unless a result is longer. */
const MEASURED = 4 * 1024 * 1024;

type Cells = readonly (readonly CellLine[])[];

/** Rows in psql's form, multi-line cells included. In a long result, columns grow where a wider cell comes later. */
export class AlignedPrinter implements RowPrinter {
  #columns: readonly Column[] = [];
  #right: readonly boolean[] = [];
  #widths: number[] = [];
  /** Until the widths are settled. */
  #waiting: (readonly (string | null)[])[] | undefined;
  #length = 0;
  #rows = 0;

  begin(columns: readonly Column[]): string {
    this.#columns = columns;
    this.#right = columns.map(({ dataTypeID }) => rightAligned.has(dataTypeID));
    this.#widths = columns.map(({ name }) => widest(cellLines(name)));
    this.#waiting = [];
    this.#length = 0;
    this.#rows = 0;
    return '';
  }

  row(values: readonly (string | null)[]): string {
    this.#rows += 1;
    const cells = cellsOf(values);
    this.#measure(cells);
    const waiting = this.#waiting;
    if (waiting === undefined) return this.#line(cells);
    // Values take less memory than what is made of them.
    waiting.push(values);
    // An array takes memory, too.
    this.#length += 8 * values.length;
    for (const value of values) this.#length += value?.length ?? 0;
    return this.#length < MEASURED ? '' : this.#settle();
  }

  end(): string {
    return `${this.#settle()}(${this.#rows} row${this.#rows === 1 ? '' : 's'})\n\n`;
  }

  #measure(cells: Cells): void {
    for (let index = 0; index < cells.length; index += 1) {
      const width = widest(cells[index]!);
      if (width > this.#widths[index]!) this.#widths[index] = width;
    }
  }

  /** The header, and the rows that have waited for their widths. */
  #settle(): string {
    const waiting = this.#waiting;
    if (waiting === undefined) return '';
    this.#waiting = undefined;
    return this.#header() + waiting.map((values) => this.#line(cellsOf(values))).join('');
  }

  #header(): string {
    const cells = this.#columns.map(({ name }) => cellLines(name));
    const widths = this.#widths;
    const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
    // psql draws two dashes where there is no column.
    if (cells.length === 0) return '--\n';
    const lines = Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, n) =>
      cells
        .map((cell, index) => {
          const { text, width } = cell[n] ?? { text: '', width: 0 };
          const free = widths[index]! - width;
          const mark = n + 1 < cell.length ? '+' : ' ';
          return ` ${' '.repeat(free >> 1)}${text}${' '.repeat((free + 1) >> 1)}${mark}`;
        })
        .join('|'),
    );
    return `${lines.join('\n')}\n${rule}\n`;
  }

  #line(cells: Cells): string {
    // As psql: nothing, not even a line, for rows without columns.
    if (cells.length === 0) return '';
    let height = 1;
    for (const { length } of cells) if (length > height) height = length;
    let text = '';
    for (let n = 0; n < height; n += 1) text += this.#lineOf(cells, n);
    return text;
  }

  #lineOf(cells: Cells, n: number): string {
    const last = cells.length - 1;
    let text = '';
    for (let index = 0; index <= last; index += 1) {
      const cell = cells[index]!;
      const line = cell[n];
      const more = n + 1 < cell.length;
      const padding = ' '.repeat(Math.max(0, this.#widths[index]! - (line?.width ?? 0)));
      if (this.#right[index] && line !== undefined) text += ` ${padding}${line.text}`;
      // Nothing follows the last column, so it needs no blanks.
      else text += ` ${line?.text ?? ''}${index < last || more ? padding : ''}`;
      if (more) text += '+';
      else if (index < last) text += ' ';
      if (index < last) text += '|';
    }
    return `${text}\n`;
  }
}

const cellsOf = (values: readonly (string | null)[]): Cells =>
  values.map((value) => (value === null ? [] : cellLines(value)));

function widest(lines: readonly CellLine[]): number {
  let most = 0;
  for (const { width } of lines) if (width > most) most = width;
  return most;
}
