import stringWidth from 'string-width';

/** One line of a cell, and how many columns of a terminal it takes. */
export interface CellLine {
  readonly text: string;
  readonly width: number;
}

/** Most values: printable ASCII on one line, which is as wide as it is long. */
const PLAIN = /^[ -~]*$/;

/**
 * The lines of a value. Control characters are shown as psql shows them, so that a value can neither move the cursor nor
 * change its colour.
 */
export function cellLines(value: string): readonly CellLine[] {
  if (PLAIN.test(value)) return [{ text: value, width: value.length }];
  return value.split('\n').map(visible);
}

function visible(line: string): CellLine {
  let text = '';
  let width = 0;
  // The parts between control characters are measured whole: several code points may make one character.
  for (const part of line.split(/(\p{Cc})/u)) {
    const shown = shownAs(part, width);
    text += shown;
    width += PLAIN.test(shown) ? shown.length : stringWidth(shown);
  }
  return { text, width };
}

function shownAs(part: string, column: number): string {
  if (part.length !== 1) return part;
  if (part === '\t') return ' '.repeat(8 - (column % 8));
  if (part === '\r') return '\\r';
  const code = part.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  return code >= 0x80 && code < 0xa0 ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}` : part;
}
