import { type Analysis, analysisOf } from '../explain/analysis.js';
import { type Attributions, attributeLinear, attributeTrees } from '../explain/attributions.js';
import type { AutoMlData } from './automl-data.js';
import { featureOrigins } from './feature-encoder.js';
import type { Learned } from './learner.js';

/** What mattered to a model, by the held-out rows. Undefined for networks: nothing tells it exactly. */
export function explain(learned: Learned, { columns, target, validation }: AutoMlData, checkTime: () => void) {
  const outputs = attribute(learned, validation.matrix, checkTime);
  if (outputs === undefined) return undefined;
  // Of two classes one says it all: what speaks for the second speaks against the first.
  const told = target.classes.length === 2 ? outputs.slice(-1) : outputs;
  return analysisOf(
    told,
    featureOrigins(columns),
    columns.map(({ name }) => name),
  ) satisfies Analysis;
}

function attribute(
  learned: Learned,
  matrix: AutoMlData['validation']['matrix'],
  checkTime: () => void,
): Attributions[] | undefined {
  switch (learned.kind) {
    case 'trees':
      return attributeTrees(learned.trees, matrix, checkTime);
    case 'linear':
      return attributeLinear(learned, matrix);
    case 'mlp':
      return undefined;
  }
}
