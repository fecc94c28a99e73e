import { createHash } from 'node:crypto';
import { fingerprint } from './fingerprint.js';
import type { Node } from './node.js';
import { mapFields, mapNodes } from './walk.js';

/** Lists of values, which differ in length from one execution to the next: IN (…), ARRAY[…], VALUES. */
const VALUE_LISTS: ReadonlySet<string> = new Set(['items', 'elements', 'valuesLists']);

/**
 * Tells statements apart that differ in more than their constants and the number of values in a list.
 *
 * @returns sixteen hexadecimal digits, from which the text cannot be found out
 */
export function statementFingerprint(statement: Node): string {
  return createHash('sha256')
    .update(fingerprint(withoutConstants(statement)))
    .digest('hex')
    .slice(0, 16);
}

const CONSTANT: Node = { A_Const: {} };

/** A parameter stands where another execution may have a constant. */
const withoutConstants = <T>(tree: T): T =>
  mapNodes(tree, (node) => {
    if ('A_Const' in node || 'ParamRef' in node) return CONSTANT;
    const [name, fields] = Object.entries(node)[0] as [string, object];
    if (!['List', 'A_ArrayExpr', 'SelectStmt'].includes(name)) return undefined;
    return { [name]: withValueListsOnce(mapFields(fields, (inner) => withoutConstants(inner))) } as unknown as Node;
  });

function withValueListsOnce(fields: object): object {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) =>
    VALUE_LISTS.has(name) && Array.isArray(value) ? [name, distinct(value)] : [name, value],
  );
  return Object.fromEntries(entries) as object;
}

function distinct(items: readonly unknown[]): readonly unknown[] {
  const known = new Set<string>();
  return items.filter((item) => {
    const key = fingerprint(item);
    return !known.has(key) && known.add(key);
  });
}
