import { MersenneTwister } from './mersenne-twister.js';

/** The fold of each row, as `StratifiedKFold(folds, shuffle=True, random_state=seed)` of scikit-learn has it. */
export function stratifiedFolds(labels: readonly string[], folds: number, seed: number): number[] {
  const classes = [...new Set(labels)];
  const encoded = labels.map((label) => classes.indexOf(label));
  const random = new MersenneTwister(seed);
  const sorted = encoded.toSorted((a, b) => a - b);
  const result = new Array<number>(labels.length);
  for (const own of classes.keys()) {
    const ofClass = Array.from({ length: folds }, (_, fold) => {
      const count = sorted.filter((label, index) => label === own && index % folds === fold).length;
      return new Array<number>(count).fill(fold);
    }).flat();
    random.shuffle(ofClass);
    let taken = 0;
    for (const [row, label] of encoded.entries()) {
      if (label !== own) continue;
      result[row] = ofClass[taken]!;
      taken += 1;
    }
  }
  return result;
}

/** As `KFold(folds, shuffle=True, random_state=seed)`. */
export function plainFolds(rows: number, folds: number, seed: number): number[] {
  const order = Array.from({ length: rows }, (_, row) => row);
  new MersenneTwister(seed).shuffle(order);
  const result = new Array<number>(rows);
  let start = 0;
  for (let fold = 0; fold < folds; fold += 1) {
    const size = Math.floor(rows / folds) + (fold < rows % folds ? 1 : 0);
    for (const row of order.slice(start, start + size)) result[row] = fold;
    start += size;
  }
  return result;
}
