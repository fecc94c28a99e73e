import fc from 'fast-check';
import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NativeRun, Oracle, type PoolRun } from '../oracle.js';
import { comparable } from '../statement-outcome.js';
import { statements } from './statements.js';

/** `ORACLE_STATEMENTS=100000 npm run oracle`; `ORACLE_SEED` repeats a run. */
const numRuns = Number(process.env.ORACLE_STATEMENTS ?? 2_000);
const seed = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const MILLISECONDS_A_STATEMENT = 2_000;

let oracle: Oracle;
beforeAll(async () => {
  await loadParser();
  oracle = await Oracle.open();
  const numbers = ['bigint', 'double precision', 'integer', 'numeric', 'real'];
  await oracle.prepareCalls([numbers, ['text', 'character varying']]);
});
afterAll(() => oracle.close());

it(`gives random statements their native meaning (ORACLE_SEED=${seed})`, {
  timeout: 60_000 + numRuns * MILLISECONDS_A_STATEMENT,
}, async () => {
  let split = 0;
  let replayed = 0;
  const property = fc.asyncProperty(statements, async ({ sql, ordered }) => {
    const native = await oracle.runNatively(sql);
    const pool = await oracle.runThroughPool(sql);
    if (pool.declined === undefined) split += 1;
    else replayed += 1;
    const message = 'message' in pool.outcome ? pool.outcome.message : undefined;
    expect(comparable(pool.outcome, ordered), message).toEqual(comparable(native.outcome, ordered));
    if (pool.declined === undefined && 'rows' in native.outcome) expectFewRequests(sql, native, pool);
  });
  await fc.assert(property, { numRuns, seed });
  console.log(`${numRuns} random statements, seed ${seed}: ${split} split, ${replayed} replayed, no difference`);
  expect(split).toBeGreaterThan(numRuns / 2);
});

/** What may be a batch that is not full: each place where a statement makes calls. */
const CALLS = /detect_sentiment\(|mood_of\(|invoke_\w+\(|review_moods/g;

/**
 * Shapes for which more requests than the least are known: a call that is needed first under a condition, then without;
 * columns of combined queries whose types differ; joins above a subquery and DISTINCT of a value that a predicate fixes,
 * which native evaluation ends early. The cases of the oracle suite count theirs.
 */
const MAY_ASK_MORE = /\b(?:OR|CASE|COALESCE|UNION|INTERSECT|EXCEPT)\b|SELECT DISTINCT|\) q JOIN/;

function expectFewRequests(sql: string, native: NativeRun, pool: PoolRun): void {
  // A LIMIT above an ML predicate or an ML sort key leaves open how many rows were needed.
  if (/LIMIT|OFFSET|FETCH/.test(sql)) return;
  // A condition without columns that is false (`'a' = 'b'`) stops native evaluation before it begins.
  if (native.calls.length === 0) return;
  if (MAY_ASK_MORE.test(sql)) return;
  const sites = sql.match(CALLS)?.length ?? 0;
  for (const [target, count] of pool.requests) {
    const least = native.leastRequests.get(target) ?? 0;
    // Of predicates with nested calls, the inner ones of the second may run beside the outer ones of the first.
    expect(count, `requests to ${target}: at least ${least} are needed`).toBeLessThan(least + sites);
  }
}
