import { expect, test } from 'vitest';
import { growthMb, type SoakResult, wrongs } from './soak-report.js';

const well: SoakResult = {
  heapsMb: [30, 40, 50, 50, 50, 51, 50, 51],
  errors: new Map([['38000', 3]]),
  left: [],
  succeeded: 100,
};

test('growth is that of the last quarter over the second', () => {
  expect(growthMb(well.heapsMb)).toBe(0.5);
  expect(growthMb([1, 2, 3, 40])).toBe(38);
  expect(() => growthMb([1, 2, 3])).toThrow('3 samples are too few');
});

test('errors of the services are no wrongs', () => {
  expect(wrongs(well, 16)).toEqual([]);
});

test.each<[string, Partial<SoakResult>, string]>([
  ['a leak', { heapsMb: [30, 40, 50, 60, 70, 80, 90, 100] }, 'the heap grew by 40 MB: over 16'],
  ['another error', { errors: new Map([['08006', 2]]) }, '2 statements ended with 08006'],
  [
    'an error whose name begins alike',
    { errors: new Map([['38 wrong rows', 1]]) },
    '1 statements ended with 38 wrong rows',
  ],
  ['a socket that stays', { left: ['TCPSocketWrap'] }, 'left behind: TCPSocketWrap'],
  ['nothing but errors', { succeeded: 0 }, 'no statement ended well'],
])('%s is', (_, part, wrong) => {
  expect(wrongs({ ...well, ...part }, 16)).toEqual([wrong]);
});
