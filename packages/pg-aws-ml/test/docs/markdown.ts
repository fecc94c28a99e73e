import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** A fenced block of code. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** The line of its first line, counted from 1. */
  readonly line: number;
}

export const readDocument = (path: string): Promise<string> => readFile(`${root}/${path}`, 'utf8');

/** The fenced blocks of a document, in order. */
export function snippetsOf(markdown: string): Snippet[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** The text of the first cell of each row of the tables that have this header. */
export function firstCells(markdown: string, header: string): string[] {
  const tables = markdown.split(/\n\n+/).flatMap((block) => {
    const start = block.indexOf(`| ${header} |`);
    return start < 0 ? [] : [block.slice(start).split('\n').slice(2)];
  });
  return tables.flat().map((row) => row.split('|')[1]?.trim() ?? '');
}
