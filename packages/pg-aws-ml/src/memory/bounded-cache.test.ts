import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.js';
import { retainedBytes } from './retained-bytes.js';

const MAX = 100_000;

describe('BoundedCache', () => {
  it.each([10, 1000, 100_000])('holds no more than its bytes of keys of %i characters', (length) => {
    const cache = new BoundedCache<boolean>(MAX);
    for (let i = 0; i < 1000; i++) cache.set(`${i}`.padEnd(length, 'x'), false);
    expect(cache.bytes).toBeLessThanOrEqual(MAX);
    expect(cache.get('999'.padEnd(length, 'x'))).toBe(false);
    expect(cache.get('0'.padEnd(length, 'x'))).toBeUndefined();
  });

  it('counts values, and leaves out what alone is too large', () => {
    const cache = new BoundedCache<string>(MAX);
    for (let i = 0; i < 100; i++) cache.set(`${i}`, 'v'.repeat(5000));
    expect(cache.bytes).toBeLessThanOrEqual(MAX);
    cache.set('large', 'v'.repeat(MAX));
    expect(cache.get('large')).toBeUndefined();
    expect(cache.get('99')).toHaveLength(5000);
  });

  it('tells long keys apart', () => {
    const cache = new BoundedCache<number>(MAX);
    cache.set(`${'x'.repeat(5000)}1`, 1);
    cache.set(`${'x'.repeat(5000)}2`, 2);
    expect([1, 2, 3].map((n) => cache.get(`${'x'.repeat(5000)}${n}`))).toEqual([1, 2, undefined]);
  });
});

describe('retainedBytes', () => {
  it('counts everything that a value leads to, once', () => {
    const text = 'x'.repeat(1000);
    const shared = { text };
    expect(retainedBytes(shared)).toBeGreaterThan(2000);
    expect(retainedBytes([shared, shared])).toBeLessThan(2 * retainedBytes(shared));
    expect(retainedBytes(new Map([[text, new Set([text])]]))).toBeGreaterThan(4000);
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(retainedBytes(circle)).toBeLessThan(200);
  });
});
