import { fitLinear } from '../linear/fit-linear.js';
import { fitMlp } from '../mlp/fit-mlp.js';
import type { Learner } from './learner.js';

const RIDGE = 1;
const MOST_EPOCHS = 60;

export const linearLearner: Learner = {
  name: 'linear',
  algorithm: 'linear-learner',
  learn: (rows, { classes, checkTime }) => ({
    learned: fitLinear(rows, { ridge: RIDGE, classes, checkTime }),
    rounds: 1,
  }),
};

/** Takes longer than trees and is seldom better with tables: tried where it is asked for. */
export const networkLearners: readonly Learner[] = ['mlp', 'nn-torch', 'fastai'].map((algorithm) => ({
  name: algorithm === 'mlp' ? 'mlp' : `mlp-${algorithm}`,
  algorithm,
  learn(rows, { classes, checkTime }, validation, rounds = MOST_EPOCHS) {
    const { model, epochs } = fitMlp(rows, { classes, epochs: rounds, checkTime }, validation);
    return { learned: model, rounds: epochs };
  },
}));
