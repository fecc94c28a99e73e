import { expect, test } from 'vitest';
import { type LimitProgress, rowsToRead } from './rows-to-read.js';

const start = (missing: number): LimitProgress => ({ read: 0, found: 0, missing });

test.each([
  ['one batch', 25, 5, 25],
  ['the batches that the limit surely needs', 25, 60, 75],
  ['one row where a batch is one row', 1, 1, 1],
  ['no more than keeps a service busy', 25, 1_000_000, 1_600],
  ['a few rows where nothing bounds a batch', Number.POSITIVE_INFINITY, 5, 25],
  ['no batch of many rows for a limit of few', 100_000, 5, 1_000],
  ['something even where no row is wanted', 25, 0, 25],
])('starts with %s', (_, batchRows, limit, rows) => {
  expect(rowsToRead(batchRows, start(limit))).toBe(rows);
});

test('a rare value is looked for in chunks that grow with what was read', () => {
  const chunks: number[] = [];
  for (let read = 0; read < 100_000; read += chunks.at(-1) as number) {
    chunks.push(rowsToRead(25, { read, found: 0, missing: 1 }));
  }
  expect(chunks.slice(0, 10)).toEqual(Array(10).fill(25));
  expect(chunks.length).toBeLessThan(150);
  expect(chunks.at(-1)).toBe(1_600);
});

test('an unbounded batch at least doubles what was read', () => {
  expect(rowsToRead(Number.POSITIVE_INFINITY, { read: 25, found: 1, missing: 4 })).toBeGreaterThanOrEqual(25);
  expect(rowsToRead(Number.POSITIVE_INFINITY, { read: 400, found: 1, missing: 4 })).toBeGreaterThanOrEqual(400);
});

/** A generator of numbers in [0, 1), the same in each run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([
  [25, 0.25, 20],
  [25, 0.9, 100],
  [25, 0.25, 400],
  [25, 0.02, 5],
  [25, 0.002, 1],
  [1, 0.25, 20],
  [1, 0.02, 1],
])(
  'batches of %i, a share of %f, LIMIT %i: few more requests than one batch at a time, in fewer rounds',
  (batchRows, share, limit) => {
    const random = randomNumbers(7);
    let sent = 0;
    let least = 0;
    let rounds = 0;
    for (let run = 0; run < 300; run += 1) {
      let read = 0;
      let found = 0;
      let needed = 0;
      while (found < limit) {
        const rows = rowsToRead(batchRows, { read, found, missing: limit - found });
        for (let i = 1; i <= rows; i += 1) {
          if (random() >= share) continue;
          found += 1;
          if (found === limit) needed = read + i;
        }
        read += rows;
        rounds += 1;
      }
      sent += read / batchRows;
      least += Math.ceil(needed / batchRows);
    }
    expect(sent / least).toBeLessThan(1.04);
    expect(rounds).toBeLessThan(least);
  },
);
