import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf, type OracleCase, topics } from './case-files.js';
import { type NativeRun, Oracle, type PoolRun } from './oracle.js';
import { comparable } from './statement-outcome.js';

await loadParser();

let oracle: Oracle;
beforeAll(async () => {
  oracle = await Oracle.open();
});
afterAll(() => oracle.close());

describe.each(topics)('%s', (topic) => {
  it.each(casesOf(topic).map((c) => [c.title, c] as const))('%s', async (_title, oracleCase) => {
    const { sql, params, written, undo } = oracleCase;
    const native = await oracle.runNatively(sql, params);
    const pool = await oracle.runThroughPool(sql, params);
    try {
      expect(summary(pool, oracleCase), messageOf(pool) || messageOf(native)).toEqual(summary(native, oracleCase));
      // Where native evaluation fails, it does so at some row: how many calls came before says nothing.
      if ('rows' in native.outcome) {
        if (!oracleCase.replay) expect(pool.declined, 'declined').toBeUndefined();
        expectFewRequests(pool, native, oracleCase.sites);
      }
      if (written !== undefined) {
        const [nativeRows, poolRows] = await oracle.onBoth(written);
        expect(poolRows).toEqual(nativeRows);
      }
    } finally {
      if (undo !== undefined) await oracle.onBoth(undo);
    }
  });
});

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
