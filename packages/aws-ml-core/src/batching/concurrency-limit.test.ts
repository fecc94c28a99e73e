import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.js';

const limitOf = (most: number) => new ConcurrencyLimit(most, () => 0.5);
const answers = (limit: ConcurrencyLimit, count: number, latencyMs = 10) => {
  for (let n = 0; n < count; n += 1) limit.answered(latencyMs, true);
};

describe('the limit', () => {
  it('starts moderate and doubles with each round of answers, up to the most', () => {
    const limit = limitOf(64);
    expect(limit.current).toBe(16);
    answers(limit, 16);
    expect(limit.current).toBe(32);
    answers(limit, 100);
    expect(limit.current).toBe(64);
    expect(limitOf(3).current).toBe(3);
  });

  it('stays where there is no more to send', () => {
    const limit = limitOf(64);
    for (let n = 0; n < 50; n += 1) limit.answered(10, false);
    expect(limit.current).toBe(16);
  });

  it('stays while answers become slower', () => {
    const limit = limitOf(64);
    answers(limit, 4, 10);
    const before = limit.current;
    answers(limit, 20, 100);
    expect(limit.current).toBeLessThanOrEqual(before + 1);
  });

  it('falls on a throttle once for all requests that were under way', () => {
    const limit = limitOf(64);
    answers(limit, 100);
    limit.throttled(0, 100);
    expect(limit.current).toBe(16);
    for (let n = 0; n < 40; n += 1) limit.throttled(99, 101);
    expect(limit.current).toBe(16);
    answers(limit, 100);
    expect(limit.current).toBeGreaterThanOrEqual(32);
    expect(limit.current).toBeLessThan(36);
  });

  it('tries one more ever more seldom where that is too many', () => {
    const limit = limitOf(64);
    limit.throttled(0, 1);
    answers(limit, 20);
    const found = limit.current;
    const untilNextTry = (now: number) => {
      let count = 0;
      for (; limit.current === found; count += 1) limit.answered(10, true);
      limit.throttled(now, now);
      expect(limit.current).toBe(found);
      return count;
    };
    const tries = [10, 20, 30].map(untilNextTry);
    expect(tries[1]).toBeGreaterThan(tries[0] as number);
    expect(tries[2]).toBeGreaterThan(tries[1] as number);
  });

  it('never falls below one, and pauses longer and longer', () => {
    const limit = limitOf(2);
    const pauses = [1, 2, 3, 4].map((now) => {
      limit.throttled(now, now);
      return limit.delay(now);
    });
    expect(limit.current).toBe(1);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(new Set(pauses).size).toBe(4);
    answers(limit, 1);
    expect(limit.delay(10_000)).toBeLessThanOrEqual(0);
  });
});
