import type { FeatureMatrix } from '../feature-matrix.js';
import { numberIn } from '../tables/table.js';
import type { FeatureType } from '../training-job.js';
import { columnType, secondsOf } from './column-type.js';

/** A column of the CSV and the features it becomes; kept with the model, so that predicting encodes as training did. */
export type EncodedColumn =
  | { readonly name: string; readonly type: 'numeric' | 'datetime' }
  | { readonly name: string; readonly type: 'categorical'; readonly categories: readonly string[] }
  /** Read by no learner. */
  | { readonly name: string; readonly type: 'ignored' };

/** Beyond these, categories are too rare to tell anything. */
const MOST_CATEGORIES = 254;

/** What a date tells, each a number. */
const DATETIME_PARTS: readonly ((date: Date) => number)[] = [
  (date) => date.getTime() / 1000,
  (date) => date.getUTCFullYear(),
  (date) => date.getUTCMonth() + 1,
  (date) => date.getUTCDate(),
  (date) => date.getUTCDay(),
  (date) => date.getUTCHours(),
  (date) => date.getUTCMinutes(),
];

export function fitColumn(name: string, cells: readonly string[], given?: FeatureType): EncodedColumn {
  const type = given ?? columnType(cells);
  const present = cells.filter((cell) => cell !== '');
  // One value tells nothing, and text is more than these learners read.
  if (type === 'text' || new Set(present).size + (present.length < cells.length ? 1 : 0) < 2) {
    return { name, type: 'ignored' };
  }
  return type === 'categorical' ? { name, type, categories: categoriesOf(present) } : { name, type };
}

/** The most frequent first; of equals the lesser by its code units. */
function categoriesOf(cells: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const sorted = [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
  return sorted.slice(0, MOST_CATEGORIES).map(([cell]) => cell);
}

/** @param rows cells in the order of the columns */
export function encodeRows(encoded: readonly EncodedColumn[], rows: readonly (readonly string[])[]): FeatureMatrix {
  const columns: Float64Array[] = [];
  const categories: number[] = [];
  for (const [index, column] of encoded.entries()) {
    for (const feature of featuresOf(column)) {
      columns.push(Float64Array.from(rows, (row) => feature(row[index] ?? '')));
      categories.push(column.type === 'categorical' ? column.categories.length : 0);
    }
  }
  return { rows: rows.length, columns, categories };
}

/** The column of each feature, in the order of the features. */
export function featureOrigins(encoded: readonly EncodedColumn[]): string[] {
  return encoded.flatMap((column) => featuresOf(column).map(() => column.name));
}

function featuresOf(column: EncodedColumn): ((cell: string) => number)[] {
  switch (column.type) {
    case 'ignored':
      return [];
    case 'numeric':
      return [numberIn];
    case 'datetime':
      return DATETIME_PARTS.map((part) => (cell) => part(new Date(secondsOf(cell) * 1000)));
    case 'categorical': {
      const codes = new Map(column.categories.map((category, code) => [category, code]));
      return [(cell) => codes.get(cell) ?? Number.NaN];
    }
  }
}
