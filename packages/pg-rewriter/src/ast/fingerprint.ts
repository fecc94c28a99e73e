/**
 * Keys of trees. The rules replace nodes and never change them, so that a tree's key is worked out once for each of its
 * nodes, however many trees share it: conditions that contain all earlier ones cost no more than the last of them.
 */
import { createHash } from 'node:crypto';

/** Positions in the text: the only fields in which equal trees differ. */
const POSITIONS = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** Longer keys are replaced by their digest, so that the key of a tree doesn't grow with the tree. */
const LONGEST_KEY = 256;

/** Shorter keys are worked out faster than remembered. */
const SHORTEST_KNOWN = 128;

const known = new WeakMap<object, string>();

/** A text that is equal for equal trees, and for no others. */
export function fingerprint(tree: unknown): string {
  if (typeof tree !== 'object' || tree === null) return JSON.stringify(tree) ?? 'null';
  const before = known.get(tree);
  if (before !== undefined) return before;
  const written = Array.isArray(tree) ? listKey(tree) : objectKey(tree);
  const key = shortened(written);
  if (written.length > SHORTEST_KNOWN) known.set(tree, key);
  return key;
}

const listKey = (list: readonly unknown[]): string => `[${list.map(fingerprint).join()}]`;

function objectKey(tree: object): string {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(tree) as [string, unknown][]) {
    if (!(POSITIONS.has(name) || isAbsent(value))) fields.push(`${name}:${fingerprint(value)}`);
  }
  return `{${fields.sort().join()}}`;
}

/** The parser leaves out empty lists. */
const isAbsent = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** No other key begins with `#`. */
const shortened = (key: string): string =>
  key.length <= LONGEST_KEY ? key : `#${createHash('sha256').update(key).digest('base64')}`;

/** As `fingerprint(a) === fingerprint(b)`, for trees that are compared once. */
export function isSameTree(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameTree(item, b[i]))
    );
  }
  return isSameObject(a as Fields, b as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function isSameObject(a: Fields, b: Fields): boolean {
  const counts = (tree: Fields, name: string): boolean => !(POSITIONS.has(name) || isAbsent(tree[name]));
  const isSameField = (name: string): boolean => !counts(a, name) || (counts(b, name) && isSameTree(a[name], b[name]));
  return Object.keys(a).every(isSameField) && Object.keys(b).every((name) => !counts(b, name) || counts(a, name));
}
