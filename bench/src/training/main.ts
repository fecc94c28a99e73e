/**
 * What the learners of aws-ml-local reach on published data, in five folds (those of scikit-learn with seed 42), and what
 * a fit costs: a line of JSON for each learner and data set, scikit-learn's beside them where Python has it. Seconds are of
 * the processor: `fitSeconds` of the fit alone, `jobSeconds` of the whole job with reading, learning once more from all rows
 * and explaining. `--check` ends with an error where the plain booster misses a target, or a file is not to be found.
 *
 * PG_AWS_ML_DATA names a directory with the data; churn5000 and penguins are here, concrete.csv is of UCI (CC BY 4.0).
 */
import { parseArgs } from 'node:util';
import { loadModel, startJob } from 'aws-ml-local/training';
import { type DataSet, dataSets, type Target } from './data-sets.js';
import { pythonWithScikitLearn, scikitLearnScores } from './scikit-learn.js';
import { type Answered, classificationScores, meanScores, regressionScores, type Scores } from './scores.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    /** An AutoML algorithm of AWS's, or `all` for the job that tries them. */
    learner: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
  },
});

/** Is held to the targets. */
const PLAIN_BOOSTER = 'lightgbm';
const LEARNERS = [PLAIN_BOOSTER, 'xgboost', 'catboost', 'randomforest', 'linear-learner', 'mlp', 'all'];

const secondsSince = (begun: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
};

const csv = (rows: readonly (readonly string[])[]): Uint8Array => Buffer.from(rows.map((row) => `${row}\n`).join(''));

async function trainFold(data: DataSet, fold: number, learner: string) {
  const rows = data.rows.filter((_, row) => data.folds[row] !== fold);
  const began = process.cpuUsage();
  let tuning = began;
  let fitSeconds = 0;
  const task = {
    kind: 'automl',
    training: csv([data.header, ...rows]),
    target: data.target,
    ...(learner !== 'all' && { algorithms: [learner] }),
  } as const;
  const { best } = await startJob(task, (progress) => {
    if (progress.kind === 'candidate') fitSeconds = secondsSince(tuning);
    else if (progress.stage === 'ModelTuning') tuning = process.cpuUsage();
  }).done;
  return { model: loadModel(best.model), seconds: { fitSeconds, jobSeconds: secondsSince(began) } };
}

async function foldScores(data: DataSet, fold: number, learner: string): Promise<Scores> {
  const { model, seconds } = await trainFold(data, fold, learner);
  const held = data.rows.filter((_, row) => data.folds[row] === fold);
  const target = data.header.indexOf(data.target);
  const answers = model.predict(held.map((row) => row.toSpliced(target, 1)));
  const expected = held.map((row) => row[target]!);
  const answered: Answered = {
    expected,
    predicted: answers.map(({ predictedLabel }) => predictedLabel),
    probabilities: answers.map(({ labels = [], probabilities = [] }) => probabilities[labels.indexOf(data.positive!)]!),
  };
  const scores = data.regression ? regressionScores(answered) : classificationScores(answered, data.positive);
  return { ...scores, ...seconds };
}

const misses = (
  scores: Scores,
  { measure, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Target,
): boolean => !(scores[measure]! >= least && scores[measure]! <= most);

const tell = (data: DataSet, learner: string, scores: Scores, missed: readonly Target[]): void => {
  const rounded = Object.entries(scores).map(([name, value]) => [name, Number(value.toFixed(4))]);
  const report = { data: data.name, learner, ...Object.fromEntries(rounded) };
  console.log(JSON.stringify(missed.length === 0 ? report : { ...report, missed }));
};

let failed = false;
const sets = dataSets(flags.data, (file) => {
  failed = true;
  console.error(`${file}: not here; PG_AWS_ML_DATA names the directory that has it`);
});
const python = pythonWithScikitLearn();
if (python === undefined) console.error('scikit-learn: not here (Debian: python3-sklearn)');
for (const data of sets) {
  for (const learner of flags.learner.length > 0 ? flags.learner : LEARNERS) {
    const folds: Scores[] = [];
    for (const fold of [...new Set(data.folds)].sort()) folds.push(await foldScores(data, fold, learner));
    const scores = meanScores(folds);
    const missed = learner === PLAIN_BOOSTER ? data.targets.filter((target) => misses(scores, target)) : [];
    failed ||= missed.length > 0;
    tell(data, learner, scores, missed);
  }
  if (python === undefined) continue;
  for (const { learner, ...scores } of scikitLearnScores(python, data)) tell(data, learner, scores, []);
}
process.exit(flags.check && failed ? 1 : 0);
