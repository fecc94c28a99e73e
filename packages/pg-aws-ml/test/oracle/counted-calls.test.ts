import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { casesOf, topics } from './case-files.js';
import { Oracle } from './oracle.js';
import { comparable } from './statement-outcome.js';

/** The plans of sessions that track functions are others than those of `oracle.test.ts`: their results count too. */
await loadParser();

let oracle: Oracle;
beforeAll(async () => {
  oracle = await Oracle.open('-c track_functions=all');
});
beforeEach(() => oracle.resetCounts());
afterAll(() => oracle.close());

describe.each(topics)('%s', (topic) => {
  it.each(casesOf(topic).map((c) => [c.title, c] as const))(
    '%s',
    async (_title, { sql, params, undo, ...oracleCase }) => {
      try {
        const native = await oracle.runNatively(sql, params);
        const pool = await oracle.runThroughPool(sql, params);
        // Where native evaluation fails, it does so at some row: how many calls came before says nothing.
        if (!('rows' in native.outcome)) return;
        const { ordered, anyRows } = oracleCase;
        if (!anyRows) expect(comparable(pool.outcome, ordered)).toEqual(comparable(native.outcome, ordered));
        const counted = await oracle.countedCalls();
        // Which rows a limit leaves is known to the Pool before it calls, and to the server after it has called.
        if (/LIMIT|OFFSET|FETCH/.test(sql) && oracleCase.calls === 'equal') expectAtMost(counted.pool, counted.native);
        else if (oracleCase.calls === 'equal') expect(counted.pool).toEqual(counted.native);
        else if (oracleCase.calls === 'fewer') expectFewer(counted.pool, counted.native);
        else expectFewer(counted.native, counted.pool);
      } finally {
        if (undo !== undefined) await oracle.onBoth(undo);
      }
    },
  );
});

function expectFewer(few: ReadonlyMap<string, number>, many: ReadonlyMap<string, number>): void {
  expect(few).not.toEqual(many);
  expectAtMost(few, many);
}

function expectAtMost(few: ReadonlyMap<string, number>, many: ReadonlyMap<string, number>): void {
  for (const [name, calls] of few) expect(calls, name).toBeLessThanOrEqual(many.get(name) ?? 0);
}
