import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainFolds, stratifiedFolds } from './folds.js';

const FOLDS = 5;
const SEED = 42;

/** What the plain booster must reach, on average over the folds. */
export interface Target {
  readonly measure: 'accuracy' | 'f1' | 'auc' | 'rmse' | 'fitSeconds';
  readonly least?: number;
  readonly most?: number;
}

interface Description {
  readonly name: string;
  /** In this repository; others are found in PG_AWS_ML_DATA alone. */
  readonly path?: string;
  readonly target: string;
  /** Whose F1 and AUC are told; undefined where there are more classes than two, or none. */
  readonly positive?: string;
  readonly regression?: true;
  readonly targets: readonly Target[];
}

const descriptions: readonly Description[] = [
  {
    name: 'churn5000',
    path: 'demo/churn5000.csv',
    target: 'Churn?',
    positive: 'True.',
    targets: [
      { measure: 'f1', least: 0.835 },
      { measure: 'auc', least: 0.92 },
      { measure: 'fitSeconds', most: 2 },
    ],
  },
  {
    name: 'penguins',
    path: 'packages/aws-ml-local/test/data/penguins.csv',
    target: 'species',
    targets: [{ measure: 'accuracy', least: 0.975 }],
  },
  {
    name: 'concrete',
    target: 'compressive_strength',
    regression: true,
    targets: [{ measure: 'rmse', most: 4.8 }],
  },
];

export interface DataSet extends Description {
  readonly file: string;
  readonly header: readonly string[];
  /** None of the files has a quoted cell. */
  readonly rows: readonly (readonly string[])[];
  /** The fold of each row. */
  readonly folds: readonly number[];
}

/** @param missing is told which files are not to be found */
export function dataSets(names: readonly string[], missing: (file: string) => void): DataSet[] {
  return descriptions.flatMap((description) => {
    if (names.length > 0 && !names.includes(description.name)) return [];
    const file = fileOf(description);
    if (file !== undefined) return [readDataSet(description, file)];
    missing(`${description.name}.csv`);
    return [];
  });
}

function fileOf({ name, path }: Description): string | undefined {
  const folders = process.env.PG_AWS_ML_DATA === undefined ? [] : [process.env.PG_AWS_ML_DATA];
  const files = folders.map((folder) => join(folder, `${name}.csv`));
  if (path !== undefined) files.push(fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
  return files.find((file) => existsSync(file));
}

function readDataSet(description: Description, file: string): DataSet {
  const [header, ...rows] = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
  const target = header!.indexOf(description.target);
  const labels = rows.map((row) => row[target]!);
  const folds = description.regression ? plainFolds(rows.length, FOLDS, SEED) : stratifiedFolds(labels, FOLDS, SEED);
  return { ...description, file, header: header!, rows, folds };
}
