import { describe, expect, it } from 'vitest';
import {
  classShares,
  hinge,
  type Loss,
  logistic,
  pseudoHuber,
  softmax,
  squaredError,
  squaredLogError,
  tweedie,
} from './losses.js';

function derivatives(loss: Loss, answers: readonly number[], label: number) {
  const raw = answers.map((answer) => Float64Array.of(answer));
  const found: { first: number; second: number }[] = [];
  loss.derive(raw, 0, label, (output, first, second) => {
    found[output] = { first, second };
  });
  return found;
}

/** How much the loss changes with an output's raw answer. */
function slope(loss: Loss, answers: readonly number[], label: number, output: number): number {
  const step = 1e-5;
  const at = (shift: number) =>
    loss.of(
      answers.map((answer, index) => Float64Array.of(index === output ? answer + shift : answer)),
      0,
      label,
    );
  return (at(step) - at(-step)) / (2 * step);
}

const cases: readonly { name: string; loss: Loss; answers: readonly number[]; label: number; times?: number }[] = [
  // Half of a square and of others is what is derived, as everywhere.
  { name: 'squared error', loss: squaredError, answers: [1.5], label: 4, times: 2 },
  { name: 'logistic', loss: logistic, answers: [0.7], label: 1 },
  { name: 'logistic, of a share', loss: logistic, answers: [-30], label: 0.25 },
  { name: 'hinge', loss: hinge, answers: [0.4], label: 1 },
  { name: 'hinge, far enough', loss: hinge, answers: [-2], label: 0 },
  { name: 'squared log error', loss: squaredLogError, answers: [2], label: 7, times: 2 },
  { name: 'pseudo-Huber', loss: pseudoHuber(1), answers: [3], label: -1 },
  { name: 'pseudo-Huber, another slope', loss: pseudoHuber(2), answers: [3], label: -1 },
  { name: 'Tweedie', loss: tweedie(1.5), answers: [0.5], label: 3 },
  { name: 'softmax', loss: softmax(3), answers: [0.2, -1, 2], label: 1 },
  { name: 'class shares', loss: classShares(2), answers: [0.2, 0.9], label: 1, times: 2 },
];

describe('losses', () => {
  it.each(cases)('derive what they are: $name', ({ loss, answers, label, times = 1 }) => {
    for (const [output, { first, second }] of derivatives(loss, answers, label).entries()) {
      expect(times * first).toBeCloseTo(slope(loss, answers, label, output), 5);
      expect(second).toBeGreaterThan(0);
    }
  });

  it('begin where all rows together are answered best', () => {
    const weights = Float64Array.of(1, 1, 2);
    expect(squaredError.base(Float64Array.of(1, 2, 3), weights)).toEqual([2.25]);
    expect(logistic.base(Float64Array.of(1, 0, 0), weights)[0]).toBeCloseTo(Math.log(1 / 3));
    expect(tweedie(1.5).base(Float64Array.of(1, 2, 3), weights)[0]).toBeCloseTo(Math.log(2.25));
    expect(
      softmax(2)
        .base(Float64Array.of(1, 0, 0), weights)
        .map(Math.exp),
    ).toEqual([expect.closeTo(0.75), expect.closeTo(0.25)]);
  });
});
