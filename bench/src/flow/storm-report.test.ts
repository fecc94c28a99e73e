import { expect, test } from 'vitest';
import { missed, type StormRun, stormReport } from './storm-report.js';

const runs = (contestant: string, seconds: readonly number[], requests: number): StormRun[] =>
  seconds.map((each) => ({ contestant, seconds: each, requests }));
const bounds = { time: 1.5, requests: 1.05 };

test('compares with the fixed concurrency of the best median', () => {
  const report = stormReport(
    [...runs('ours', [2, 3, 2.2], 1_020), ...runs('fixed 4', [1, 9, 9], 1_000), ...runs('fixed 8', [2, 2, 4], 1_004)],
    1_000,
  );
  expect(report).toEqual({ bestFixed: 'fixed 8', time: 1.1, requests: 1.02, bestTime: 1 });
  expect(missed(report, bounds)).toEqual([]);
});

test('what failed is never the best, and ours may not fail', () => {
  const failed = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const report = stormReport(
    [...runs('ours', [2, 2], 1_000), ...runs('fixed 64', failed, 900), ...runs('fixed 2', [4, 4], 1_000)],
    1_000,
  );
  expect(report).toMatchObject({ bestFixed: 'fixed 2', time: 0.5 });
  expect(
    missed(stormReport([...runs('ours', failed, 1_000), ...runs('fixed 2', [4, 4], 1_000)], 1_000), bounds),
  ).toHaveLength(1);
});

test('names what is missed', () => {
  const report = stormReport([...runs('ours', [4], 1_148), ...runs('fixed 8', [2], 1_000)], 1_000);
  expect(missed(report, bounds)).toEqual([
    '2 of the time of the best fixed concurrency: over 1.5',
    '1.148 of the least requests: over 1.05',
  ]);
});

test('cannot compare without a fixed concurrency', () => {
  expect(() => stormReport(runs('ours', [1], 1_000), 1_000)).toThrow('nothing to compare');
});
