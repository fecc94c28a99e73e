import { seededRandom } from '../../random.js';
import { shuffle } from '../shuffle.js';

/** Rows to learn from and rows to measure by, each ascending. */
export interface HoldOut {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

const SEED = 42;

/**
 * The same share of each class at random, the same rows every time.
 *
 * @param classes by row; undefined: all alike
 */
export function holdOut(rows: number, fraction: number, classes: Float64Array | undefined): HoldOut {
  const random = seededRandom(SEED);
  const groups = new Map<number, number[]>();
  for (let row = 0; row < rows; row += 1) {
    const group = classes?.[row] ?? 0;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [row]);
    else members.push(row);
  }
  const validation = [...groups.values()].flatMap((group) => {
    shuffle(group, random);
    return group.slice(0, Math.min(group.length - 1, Math.round(group.length * fraction)));
  });
  const held = new Set(validation);
  const training = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !held.has(row));
  return { training, validation: Int32Array.from(validation).sort() };
}
