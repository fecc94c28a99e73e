import { expect, it } from 'vitest';
import type { AwsMl, FunctionStats } from '../index.js';
import { costLines } from './output/cost.js';
import { estimateOf, ProgressLine, reachedBy } from './progress-line.js';

const spread = { avg: 25, min: 25, max: 25 };
const counts: FunctionStats = {
  function: 'aws_comprehend.detect_sentiment',
  inputs: 120,
  distinctInputs: 100,
  sharedInputs: 0,
  cachedInputs: 0,
  sentInputs: 75,
  requests: 3,
  retries: 1,
  throttles: 1,
  errors: 0,
  batches: { count: 3, size: spread, callTimeMs: spread },
};
const awsMl = (...stats: FunctionStats[]): AwsMl => ({
  stats: () => stats,
  cacheTable: () => undefined,
  resetStats: () => {},
});
const plan = [
  'Function Scan on ml_1',
  '  Estimated Inputs: 1000  Distinct Inputs: 300  Requests: 12  Cost: 0.09 USD',
  '  Estimated Inputs: 50  Distinct Inputs: 50  Requests: 1',
];

it('reads the estimate of a plan', () => {
  expect(estimateOf(plan)).toEqual({ distinctInputs: 350, cost: { amount: 0.09, currency: 'USD' } });
  expect(estimateOf(['Result'])).toBeUndefined();
});

it('counts what a statement has done, whatever others did before', () => {
  const before = [{ ...counts, inputs: 20, requests: 1, batches: { ...counts.batches, count: 1 } }];
  expect(reachedBy([counts], before)).toEqual({ rows: 100, distinctInputs: 0, scored: 50, requests: 2 });
  expect(reachedBy([{ ...counts, cachedInputs: 10 }], []).scored).toBe(85);
});

it('says how far a statement is, what it has cost and how long it will take', () => {
  const reached = { rows: 1200, distinctInputs: 175, scored: 175, requests: 7 };
  expect(new ProgressLine().text(reached, estimateOf(plan), 30)).toBe(
    '██████████░░░░░░░░░░ 50%  1,200 rows, 7 requests, about 0.045 USD so far, 30 s left',
  );
  expect(new ProgressLine().text(reached, undefined, 30)).toBe('1,200 rows, 7 requests');
  expect(new ProgressLine().text({ ...reached, rows: 0 }, undefined, 30)).toBeUndefined();
});

it('never runs backwards, and is not at its end before the end', () => {
  const line = new ProgressLine();
  const share = (scored: number, distinctInputs: number) =>
    Number(/(\d+)%/.exec(line.text({ rows: 1, distinctInputs, scored, requests: 1 }, estimateOf(plan), 1) ?? '')?.[1]);
  // The planner thought of 350, and there are 2,000.
  expect([share(300, 300), share(400, 2000), share(1900, 2000), share(2000, 2000)]).toEqual([85, 85, 95, 99]);
});

it('says what a statement has cost', () => {
  expect(costLines(awsMl(counts, { ...counts, function: 'aws_bedrock.invoke_model', inputs: 1, errors: 2 }))).toEqual([
    'aws_comprehend.detect_sentiment: 120 rows, 100 distinct inputs, 3 requests, 1 retry',
    'aws_bedrock.invoke_model: 1 row, 100 distinct inputs, 3 requests, 1 retry, 2 errors',
  ]);
  expect(costLines(awsMl({ ...counts, cachedInputs: 15, sharedInputs: 10 }))).toEqual([
    'aws_comprehend.detect_sentiment: 120 rows, 100 distinct inputs, 15 from the cache, 10 shared with other statements, ' +
      '3 requests, 1 retry',
  ]);
});
