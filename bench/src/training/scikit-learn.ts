import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DataSet } from './data-sets.js';
import type { Scores } from './scores.js';

/** It is Python, and so lies with the sources. */
const program = fileURLToPath(new URL('../../src/training/scikit-learn.py', import.meta.url));

/** The first Python that has scikit-learn; Debian's is in /usr/bin, whatever else there is. */
export function pythonWithScikitLearn(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
  );
}

/** What it reaches on the folds of the data set. */
export function scikitLearnScores(python: string, data: DataSet): ({ readonly learner: string } & Scores)[] {
  const request = {
    rows: data.rows,
    folds: data.folds,
    target: data.header.indexOf(data.target),
    positive: data.positive ?? null,
    regression: data.regression ?? false,
  };
  // One thread, as the learners beside it.
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(python, [program], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`scikit-learn failed: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
