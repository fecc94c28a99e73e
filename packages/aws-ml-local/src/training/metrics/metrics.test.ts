import { describe, expect, it } from 'vitest';
import { automlMetrics, objectiveFor } from './automl-metrics.js';

// Expected values by scikit-learn.
const labels = Float64Array.of(0, 0, 1, 1, 1, 0);
const yes = Float64Array.of(0.1, 0.6, 0.9, 0.4, 0.6, 0.2);
const binary = {
  labels,
  predicted: yes.map((probability) => (probability > 0.5 ? 1 : 0)),
  probabilities: [yes.map((probability) => 1 - probability), yes],
};

const valuesOf = (metrics: readonly { name: string; value: number }[]) =>
  Object.fromEntries(metrics.map(({ name, value }) => [name, expect.closeTo(value, 6)]));

describe('metrics', () => {
  it('of two classes', () => {
    expect({
      Accuracy: 4 / 6,
      AUC: 0.8333333333,
      BalancedAccuracy: 2 / 3,
      F1: 2 / 3,
      LogLoss: 0.4628786,
      Precision: 2 / 3,
      Recall: 2 / 3,
    }).toEqual(valuesOf(automlMetrics({ problem: 'BinaryClassification', answers: binary }, 'Validation')));
  });

  it('of more classes', () => {
    const predicted = Float64Array.of(0, 1, 2, 2, 1, 0);
    const probabilities = [0, 1, 2].map((own) => predicted.map((chosen) => (chosen === own ? 0.8 : 0.1)));
    const answers = { labels: Float64Array.of(0, 1, 2, 1, 1, 2), predicted, probabilities };
    expect({
      Accuracy: 4 / 6,
      BalancedAccuracy: 0.7222222222,
      F1macro: 0.6555555556,
      LogLoss: 0.9162908,
      PrecisionMacro: 2 / 3,
      RecallMacro: 0.7222222222,
    }).toEqual(valuesOf(automlMetrics({ problem: 'MulticlassClassification', answers }, 'Validation')));
  });

  it('of regressions', () => {
    const answers = { labels: Float64Array.of(1, 2, 4, 3), predicted: Float64Array.of(1.5, 2, 3, 3) };
    expect({
      MAE: 0.375,
      MSE: 0.3125,
      R2: 0.75,
      RMSE: Math.sqrt(0.3125),
      MAPE: 0.1875,
      MASE: 0.28125,
      WAPE: 0.15,
    }).toEqual(valuesOf(automlMetrics({ problem: 'Regression', answers }, 'Validation')));
  });

  it('are objectives by their names', () => {
    expect(objectiveFor('BinaryClassification')).toEqual({ name: 'F1', type: 'Maximize' });
    expect(objectiveFor('MulticlassClassification')).toEqual({ name: 'Accuracy', type: 'Maximize' });
    expect(objectiveFor('Regression')).toEqual({ name: 'MSE', type: 'Minimize' });
    expect(objectiveFor('Regression', 'F1')).toBeUndefined();
  });
});
