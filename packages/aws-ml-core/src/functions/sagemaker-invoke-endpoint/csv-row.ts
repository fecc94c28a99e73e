import Papa from 'papaparse';
import type { TextValue } from '../../ml-call.js';

/** Also spaces at the ends, which lenient readers trim. */
const needsQuotes = /["\r\n,\uFEFF]|^\s|\s$/;

/**
 * A row of `text/csv` (RFC 4180) without its line end. NULL is an empty field. A row that would be empty becomes `""`,
 * since many readers skip blank lines.
 */
export function csvRow(fields: readonly TextValue[]): string {
  let plain = true;
  for (const field of fields) {
    if (field !== null && needsQuotes.test(field)) {
      plain = false;
      break;
    }
  }
  // Numbers and words, nearly always: a fifth of the library's time.
  const row = plain ? fields.join(',') : Papa.unparse([fields as TextValue[]], { newline: '\n' });
  return row === '' ? '""' : row;
}

/**
 * The rows of a CSV text with LF or CRLF, ended by a line end or not; undefined where its quotes don't match, or where it
 * has both line ends, so that a CR may be a part of a field or not.
 */
export function parseCsvRows(text: string): string[][] | undefined {
  const body = withoutLineEnd(text);
  const newline = lineEndOf(body);
  if (newline === undefined) return undefined;
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: ',', newline });
  return errors.length > 0 ? undefined : data;
}

export function withoutLineEnd(text: string): string {
  if (!text.endsWith('\n')) return text;
  return text.slice(0, text.endsWith('\r\n') ? -2 : -1);
}

function lineEndOf(text: string): '\r\n' | '\n' | undefined {
  if (!text.includes('\r\n')) return '\n';
  const outsideQuotes = text.replace(/"[^"]*"/g, '');
  if (!outsideQuotes.includes('\r\n')) return '\n';
  return outsideQuotes.replaceAll('\r\n', '').includes('\n') ? undefined : '\r\n';
}
