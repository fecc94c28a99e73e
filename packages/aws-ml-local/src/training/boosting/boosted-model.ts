import type { FeatureMatrix } from '../feature-matrix.js';
import { type BoostedTrees, predictRaw } from './booster.js';
import { sigmoid, softmaxOf } from './losses.js';

/** How raw answers become what users ask for. */
export type Link = 'identity' | 'exponential' | 'logistic' | 'step' | 'softmax' | 'shares';

export interface BoostedModel {
  readonly kind: 'trees';
  readonly link: Link;
  readonly trees: BoostedTrees;
}

/**
 * Answers by output and row: a value of regressions, else the probability of each class (of two classes as well, where the
 * trees have one output).
 */
export function answersOfTrees({ link, trees }: BoostedModel, matrix: FeatureMatrix): Float64Array[] {
  return applyLink(link, predictRaw(trees, matrix));
}

export function applyLink(link: Link, raw: readonly Float64Array[]): Float64Array[] {
  const [only] = raw as [Float64Array];
  switch (link) {
    case 'identity':
      return [...raw];
    case 'exponential':
      return [only.map(Math.exp)];
    case 'logistic':
      return bothClasses(only.map(sigmoid));
    case 'step':
      return bothClasses(only.map((value) => (value > 0 ? 1 : 0)));
    case 'softmax':
      return byRow(raw, softmaxOf);
    case 'shares':
      return byRow(raw, sharesOf);
  }
}

function bothClasses(second: Float64Array): Float64Array[] {
  return [second.map((probability) => 1 - probability), second];
}

function byRow(
  raw: readonly Float64Array[],
  ofRow: (raw: readonly Float64Array[], row: number, into: Float64Array) => void,
): Float64Array[] {
  const answers = raw.map((values) => new Float64Array(values.length));
  const row = new Float64Array(raw.length);
  for (let index = 0; index < raw[0]!.length; index += 1) {
    ofRow(raw, index, row);
    for (let output = 0; output < raw.length; output += 1) answers[output]![index] = row[output]!;
  }
  return answers;
}

/** What trees on shares answer, made to be probabilities. */
function sharesOf(raw: readonly Float64Array[], row: number, into: Float64Array): void {
  let sum = 0;
  for (let output = 0; output < raw.length; output += 1) {
    into[output] = Math.max(raw[output]![row]!, 0);
    sum += into[output]!;
  }
  for (let output = 0; output < raw.length; output += 1) into[output] = sum > 0 ? into[output]! / sum : 1 / raw.length;
}
