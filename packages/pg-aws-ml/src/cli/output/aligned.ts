import { table } from 'table';

/** What the table needs to know of a column. */
export interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** int8, int2, int4, oid, float4, float8, numeric, money: to the right, as in psql. */
const rightAligned: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700, 790]);

/** Rows in psql's form. */
export function alignedTable(columns: readonly Column[], rows: readonly (readonly unknown[])[]): string {
  const footer = `(${rows.length} row${rows.length === 1 ? '' : 's'})\n`;
  const cells = rows.map((row) => row.map(printable));
  const body = table([columns.map(({ name }) => printable(name)), ...cells], {
    // Without rows the line under the header is the bottom.
    border: {
      ...{ bodyJoin: '|', joinBody: '-', joinJoin: '+', joinLeft: '', joinRight: '' },
      ...{ bottomBody: '-', bottomJoin: '+', bottomLeft: '', bottomRight: '' },
    },
    drawHorizontalLine: (line) => line === 1,
    drawVerticalLine: (line, size) => line > 0 && line < size,
    columns: columns.map(({ dataTypeID }) => ({ alignment: rightAligned.has(dataTypeID) ? 'right' : 'left' })),
  });
  return `${body.split('\n').map(withoutBlanksAtEnd).join('\n')}${footer}`;
}

/** In one pass, where ` +$` would begin anew at each blank. */
function withoutBlanksAtEnd(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end -= 1;
  return line.slice(0, end);
}

/** Control characters shown, so that a value can neither move the cursor nor change its colour. */
function printable(value: unknown): string {
  if (value === null || value === undefined) return '';
  return String(value)
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', '    ')
    .replace(
      /[^\P{Cc}\n]/gu,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    );
}
