import { compareKeys, firstIndex } from './key-order.js';

export interface PageRequest {
  readonly prefix: string;
  /** What ends a common prefix; '' for none. */
  readonly delimiter: string;
  /** Only what comes after it. */
  readonly after: string;
  readonly max: number;
}

export type PageItem = { readonly key: string } | { readonly commonPrefix: string };

export interface Page {
  readonly items: readonly PageItem[];
  readonly truncated: boolean;
}

/**
 * A page of keys, which are in their order. Those that go on after the delimiter are told of once, by what they have in
 * common.
 */
export function listPage(keys: readonly string[], { prefix, delimiter, after, max }: PageRequest): Page {
  const items: PageItem[] = [];
  if (max === 0) return { items, truncated: false };
  let at = firstIndex(keys, (key) => compareKeys(key, prefix) >= 0 && compareKeys(key, after) > 0);
  while (at < keys.length) {
    const key = keys[at] as string;
    if (!key.startsWith(prefix)) break;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const commonPrefix = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (commonPrefix === undefined || compareKeys(commonPrefix, after) > 0) {
      if (items.length === max) return { items, truncated: true };
      items.push(commonPrefix === undefined ? { key } : { commonPrefix });
    }
    at = commonPrefix === undefined ? at + 1 : firstIndex(keys, (other) => isPast(other, commonPrefix));
  }
  return { items, truncated: false };
}

const isPast = (key: string, prefix: string) => compareKeys(key, prefix) > 0 && !key.startsWith(prefix);
