import { describe, expect, it } from 'vitest';
import { CollectPace } from './collect-pace.js';

/** Inputs that were answered before each round, until the statement, which needs so many, misses none. */
function roundsFor(needed: number): { looked: number[]; answered: number } {
  const pace = new CollectPace();
  const looked: number[] = [];
  let answered = 0;
  while (answered < needed) {
    looked.push(answered);
    answered += pace.inputs;
    pace.limited(pace.inputs);
  }
  return { looked, answered };
}

describe('the pace of collect runs', () => {
  it('starts small', () => {
    expect(roundsFor(525).looked).toEqual([0, 25, 125]);
  });

  it.each([1_000, 10_000, 200_000, 3_000_000])('makes look-ups in proportion to %i inputs', (needed) => {
    const { looked } = roundsFor(needed);
    expect(looked.reduce((sum, answered) => sum + answered, 0)).toBeLessThanOrEqual(2 * needed);
  });

  it.each([600, 5_000, 123_456])(
    'invokes at most as many inputs in vain as are needed, or a thousand: %i',
    (needed) => {
      expect(roundsFor(needed).answered).toBeLessThanOrEqual(Math.max(2 * needed, needed + 1000));
    },
  );

  it('lets the first run ask for a thousand, and later ones for what may be invoked', () => {
    const pace = new CollectPace();
    expect(pace.calls).toBe(1000);
    pace.limited(pace.inputs);
    expect(pace.calls).toBe(100);
    for (let round = 0; round < 8; round += 1) pace.limited(pace.inputs);
    expect(pace.calls).toBe(pace.inputs);
    expect(pace.inputs).toBeGreaterThan(10_000);
  });
});
