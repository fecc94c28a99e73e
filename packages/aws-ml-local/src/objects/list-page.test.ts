import { describe, expect, it } from 'vitest';
import { compareKeys } from './key-order.js';
import { listPage, type PageItem } from './list-page.js';

const nameOf = (item: PageItem) => ('key' in item ? item.key : item.commonPrefix);

/** What a listing is by its definition, without an index. */
function expected(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? key : key.slice(0, end + delimiter.length);
    });
  return [...new Set(names)].filter((name) => compareKeys(name, after) > 0);
}

const KEYS = [
  '/',
  '//a',
  'a',
  'a/',
  'a/b',
  'a/b/c',
  'a/b/d',
  'a/c',
  'a0',
  'ab/c',
  'b',
  'b--c',
  '\uff5e',
  '😀/x',
  '😀/y',
];

describe('a listing', () => {
  it('is in the order of bytes', () => {
    expect([...KEYS].sort(compareKeys)).toEqual(
      [...KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  it.each(['', 'a', 'a/', 'b', '😀', 'x'])('gives all of prefix "%s" once, page by page', (prefix) => {
    const keys = [...KEYS].sort(compareKeys);
    for (const delimiter of ['', '/', '--', 'b']) {
      for (const start of ['', ...keys]) {
        for (const max of [1, 2, 3, 100]) {
          const found: string[] = [];
          for (let after = start, truncated = true; truncated; ) {
            const page = listPage(keys, { prefix, delimiter, after, max });
            found.push(...page.items.map(nameOf));
            expect(page.items.length).toBeLessThanOrEqual(max);
            truncated = page.truncated;
            after = found.at(-1) ?? after;
          }
          expect(found).toEqual(expected(keys, prefix, delimiter, start));
        }
      }
    }
  });
});
