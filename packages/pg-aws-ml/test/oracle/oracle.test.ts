import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf, type OracleCase, topics } from './case-files.js';
import { type NativeRun, Oracle, type PoolRun } from './oracle.js';
import { comparable } from './statement-outcome.js';
import { waysOf } from './ways.js';

await loadParser();

let oracle: Oracle;
beforeAll(async () => {
  oracle = await Oracle.open();
});
afterAll(() => oracle.close());

describe.each(topics)('%s', (topic) => {
  it.each(casesOf(topic).map((c, i) => [c.title, c, i] as const))('%s', async (_title, oracleCase, index) => {
    const { sql, params, written, undo } = oracleCase;
    const native = await oracle.runNatively(sql, params);
    const nativeRows = written === undefined ? undefined : await oracle.natively(written);
    if (undo !== undefined) await oracle.natively(undo);
    for (const way of waysOf(index)) {
      const pool = await oracle.runThroughPool(sql, params, way);
      const declined = declines(pool);
      try {
        if (declined) continue;
        const rows = written === undefined ? undefined : await oracle.behind(written);
        const [found, expected] = [
          [summary(pool, oracleCase), rows],
          [summary(native, oracleCase), nativeRows],
        ];
        const message = `${way}: ${messageOf(pool) || messageOf(native)}`;
        const known = oracleCase.known.get(way);
        if (known !== undefined) {
          expect(found, `${way} is right now: the mark @known can go`).not.toEqual(expected);
          continue;
        }
        expect.soft(found, message).toEqual(expected);
        if (way === 'chosen' && 'rows' in native.outcome) {
          if (!oracleCase.replay) expect(pool.declined, 'declined').toBeUndefined();
          expectFewRequests(pool, native, oracleCase.sites);
        }
      } finally {
        if (undo !== undefined && !declined) await oracle.behind(undo);
      }
    }
  });
});

const declines = ({ outcome }: PoolRun): boolean => 'sqlState' in outcome && outcome.declined !== undefined;

function expectFewRequests({ requests }: PoolRun, native: NativeRun, sites: number): void {
  for (const [target, count] of requests) {
    const least = native.leastRequests.get(target) ?? 0;
    const most = least === 0 ? 0 : least + sites - 1;
    expect(count, `requests to ${target}: at least ${least} are needed`).toBeLessThanOrEqual(most);
  }
}

function summary({ outcome }: Pick<PoolRun, 'outcome'>, { ordered, anyRows }: OracleCase): unknown {
  if (anyRows && 'rows' in outcome) return { ...outcome, rows: outcome.rows.length };
  return comparable(outcome, ordered);
}

const messageOf = ({ outcome }: Pick<PoolRun, 'outcome'>): string => ('message' in outcome ? outcome.message : '');
