import { numberIn } from '../tables/table.js';
import type { FeatureType } from '../training-job.js';

/** Most categories that a column of few rows may have and still be more than labels of single rows. */
const FEW_VALUES = 10;

/** How a column is read, told from its cells. 'text' is what differs from row to row, such as names and numbers of phones. */
export function columnType(cells: readonly string[]): FeatureType {
  const present = cells.filter((cell) => cell !== '');
  if (present.every((cell) => !Number.isNaN(numberIn(cell)))) return 'numeric';
  if (present.every(isDatetime)) return 'datetime';
  const distinct = new Set(present).size;
  return distinct > Math.max(FEW_VALUES, present.length / 2) ? 'text' : 'categorical';
}

/** As PostgreSQL writes them (ISO 8601, with a blank or T between): a date, and maybe a time. */
const DATETIME = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

function isDatetime(cell: string): boolean {
  return !Number.isNaN(secondsOf(cell));
}

/** Since 1970, by the clock that the cell shows; NaN where it shows none. */
export function secondsOf(cell: string): number {
  if (!DATETIME.test(cell)) return Number.NaN;
  const clock = `${cell.slice(0, 10)}T${cell.slice(11, 19) || '00:00'}`;
  return Date.parse(`${clock}Z`) / 1000;
}
