import { knownWords } from '../tokens/nearest.js';
import { invalidValue, syntaxError } from '../tokens/syntax-error.js';
import type { ProblemType } from './statement.js';

interface Objective {
  /** As the service spells it. */
  readonly name: string;
  readonly also?: string;
  readonly problems: readonly ProblemType[];
}

const ALL_CLASSES = ['binary_classification', 'multiclass_classification'] as const;

/** With AUTO ON, and of the models that Autopilot's metrics judge. */
const METRICS: readonly Objective[] = [
  { name: 'MSE', problems: ['regression'] },
  { name: 'Accuracy', problems: ALL_CLASSES },
  { name: 'F1', problems: ['binary_classification'] },
  { name: 'F1macro', also: 'F1_Macro', problems: ['multiclass_classification'] },
  { name: 'AUC', problems: ['binary_classification'] },
];

const XGBOOST: readonly Objective[] = [
  { name: 'reg:squarederror', problems: ['regression'] },
  { name: 'reg:squaredlogerror', problems: ['regression'] },
  { name: 'reg:logistic', problems: ['regression'] },
  { name: 'reg:pseudohubererror', problems: ['regression'] },
  { name: 'reg:tweedie', problems: ['regression'] },
  { name: 'binary:logistic', problems: ['binary_classification'] },
  { name: 'binary:hinge', problems: ['binary_classification'] },
  { name: 'multi:softmax', problems: ['multiclass_classification'] },
];

/** Of Redshift's older pages: they rank rows of a group, and CREATE MODEL has no groups. */
const RANKING = ['rank:pairwise', 'rank:ndcg'];

/**
 * An objective as the service spells it.
 *
 * @param xgboost whether the hyperparameters are XGBoost's own: AUTO OFF
 * @throws StatementError where it is unknown, or not one of the problem
 */
export function objectiveOf(
  written: { readonly value: string; readonly position: number },
  xgboost: boolean,
  problem: ProblemType | undefined,
): string {
  const known = xgboost ? XGBOOST : METRICS;
  const value = written.value.trim().toLowerCase();
  const found = known.find(({ name, also }) => [name, also].some((one) => one?.toLowerCase() === value));
  const fitting = known.filter(({ problems }) => problem === undefined || problems.includes(problem));
  const names = fitting.map(({ name, also }) => `'${also ?? name}'`);
  if (RANKING.includes(value)) {
    throw invalidValue(
      'OBJECTIVE is one of ranking, which CREATE MODEL does not do',
      written.position,
      `Known here: ${names.join(', ')}.`,
    );
  }
  if (found === undefined) throw invalidValue('OBJECTIVE is unknown', written.position, hintFor(value, names, xgboost));
  if (problem !== undefined && !found.problems.includes(problem)) {
    throw syntaxError(
      `OBJECTIVE '${found.name}' is none of PROBLEM_TYPE ${problem.toUpperCase()}`,
      written.position,
      `Known here: ${names.join(', ')}.`,
    );
  }
  return found.name;
}

/** One of the other list is a sign that AUTO was meant otherwise. */
function hintFor(value: string, names: readonly string[], xgboost: boolean): string {
  const elsewhere = (xgboost ? METRICS : XGBOOST).some(({ name }) => name.toLowerCase() === value);
  if (!elsewhere) return knownWords(`'${value}'`, names);
  return xgboost
    ? `It is one of AUTO ON. With AUTO OFF and XGBOOST: ${names.join(', ')}.`
    : `It is one of AUTO OFF with MODEL_TYPE XGBOOST. Known here: ${names.join(', ')}.`;
}
