import { featureNotSupported } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { transferSchema } from '../stubs/transfer-names.js';

/** What was done in a transaction so far: by relation, how often it was scanned and how many rows were written. */
export type Activity = ReadonlyMap<number, { readonly scans: number; readonly writes: number }>;

/** `activity()`, as the server writes it. */
export type ActivityRows = readonly (readonly [oid: number, scans: number, writes: number])[];

export const activityOf = (rows: ActivityRows): Activity =>
  new Map(rows.map(([oid, scans, writes]) => [oid, { scans, writes }]));

/** @throws DatabaseError 0A000 where the server doesn't count: then nobody could tell what depends on a transfer */
export async function readActivity(connection: ServerConnection): Promise<Activity> {
  const { rows } = await connection.run(
    `SELECT ${transferSchema}.activity(), pg_catalog.current_setting('track_counts')`,
  );
  if (rows[0]?.[1] === 'off') {
    throw featureNotSupported('aws_s3 needs the setting track_counts', 'It is on by default: SET track_counts = on.');
  }
  return activityOf(JSON.parse(rows[0]?.[0] ?? '[]') as ActivityRows);
}

/** The relations that were read and written between two moments. */
export interface Touched {
  readonly read: ReadonlySet<number>;
  readonly written: ReadonlySet<number>;
}

export function touched(before: Activity, after: Activity): Touched {
  const read = new Set<number>();
  const written = new Set<number>();
  for (const [oid, { scans, writes }] of after) {
    const earlier = before.get(oid);
    if (scans > (earlier?.scans ?? 0)) read.add(oid);
    if (writes > (earlier?.writes ?? 0)) written.add(oid);
  }
  return { read, written };
}

/** Whether it makes no difference which of the two comes first: neither writes what the other reads or writes. */
export const commute = (a: Touched, b: Touched): boolean =>
  ![...a.written].some((oid) => b.read.has(oid) || b.written.has(oid)) &&
  ![...b.written].some((oid) => a.read.has(oid));
