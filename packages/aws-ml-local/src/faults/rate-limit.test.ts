import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.js';

it('lets a burst pass, then as many a second', () => {
  let now = 0;
  const limit = new RateLimit(2, () => now);
  expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
  now = 499;
  expect(limit.take()).toBe(false);
  now = 500;
  expect([limit.take(), limit.take()]).toEqual([true, false]);
  now = 60_000;
  expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
});
