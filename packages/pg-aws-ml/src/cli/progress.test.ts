import { expect, it } from 'vitest';
import type { AwsMl, FunctionStats } from '../index.js';
import { costLines } from './output/cost.js';
import { progressLine } from './progress.js';

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

it('says how far a statement is', () => {
  expect(progressLine(awsMl(counts))).toBe('aws_comprehend.detect_sentiment: 75 of 100 inputs, 3 requests');
});

it('counts what the cache has answered as scored', () => {
  expect(progressLine(awsMl({ ...counts, cachedInputs: 10, sharedInputs: 5 }))).toContain('85 of 100 inputs');
});

it('is silent before the first input', () => {
  expect(progressLine(awsMl())).toBeUndefined();
  expect(progressLine(awsMl({ ...counts, inputs: 0 }))).toBeUndefined();
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
