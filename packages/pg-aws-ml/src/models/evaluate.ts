import { databaseError } from '../server/database-error.js';
import { quoteIdentifier } from '../stubs/quote.js';
import type { ModelSpec } from './model-spec.js';

/** What is known of a model by whoever may use it. */
export interface UsableModel {
  readonly name: string;
  /** Of its function, which is there. */
  readonly schema: string;
  readonly functionName: string;
  readonly spec: ModelSpec;
}

/**
 * The query that stands for `aws_ml.evaluate(model, query)`: it predicts for the rows of the query, which have the columns of
 * the training data, and compares with the target. Columns: metric, actual, predicted, value.
 */
export function evaluationQuery(model: UsableModel, query: string): string {
  const { name, schema, functionName, spec } = model;
  const { training, features } = spec;
  const target = training?.target;
  if (training === undefined || target === undefined) {
    throw databaseError('0A000', `model "${name}" predicts nothing that could be compared`, {
      hint: 'A model that was trained with a TARGET can be evaluated.',
    });
  }
  const column = (of: string) => `data.${quoteIdentifier(of)}`;
  const call = `${quoteIdentifier(schema)}.${quoteIdentifier(functionName)}(${features.map((f) => column(f.name)).join(', ')})`;
  const answer = (type: string) =>
    `SELECT ${column(target.name)}::${type} AS actual, ${call}::${type} AS predicted FROM (${query.replace(/;\s*$/, '')}\n) AS data WHERE ${column(target.name)} IS NOT NULL`;
  return training.problemType === 'Regression' ? regression(answer('float8')) : classification(answer('text'));
}

const regression = (answer: string): string => `
SELECT m.metric, NULL::text AS actual, NULL::text AS predicted, m.value FROM (
  SELECT count(*)::float8 AS n, avg(abs(actual - predicted)) AS mae, avg((actual - predicted) ^ 2) AS mse,
    1 - avg((actual - predicted) ^ 2) / nullif(var_pop(actual), 0) AS r2
  FROM (${answer}) AS answer
) AS s, LATERAL (VALUES ('rows', s.n), ('MAE', s.mae), ('MSE', s.mse), ('RMSE', sqrt(s.mse)), ('R2', s.r2)) AS m (metric, value)`;

const classification = (answer: string): string => `
WITH pair AS MATERIALIZED (
  SELECT actual, predicted, count(*)::float8 AS n FROM (${answer}) AS answer GROUP BY actual, predicted
), label AS (
  SELECT l.label, coalesce(sum(p.n) FILTER (WHERE p.actual = l.label AND p.predicted = l.label), 0) AS hit,
    coalesce(sum(p.n) FILTER (WHERE p.predicted = l.label), 0) AS said, coalesce(sum(p.n) FILTER (WHERE p.actual = l.label), 0) AS been
  FROM (SELECT actual AS label FROM pair UNION SELECT predicted FROM pair) AS l, pair AS p WHERE l.label IS NOT NULL GROUP BY l.label
), score AS (
  SELECT label, hit / nullif(said, 0) AS exact, hit / nullif(been, 0) AS found, 2 * hit / nullif(said + been, 0) AS f1 FROM label
)
SELECT m.metric, m.actual, m.predicted, m.value FROM (
  SELECT 1 AS o, 'rows' AS metric, NULL::text AS actual, NULL::text AS predicted, sum(n) AS value FROM pair
  UNION ALL SELECT 2, 'Accuracy', NULL, NULL, coalesce(sum(n) FILTER (WHERE actual = predicted), 0) / nullif(sum(n), 0) FROM pair
  UNION ALL SELECT 3, 'F1macro', NULL, NULL, avg(coalesce(f1, 0)) FROM score
  UNION ALL SELECT 4, 'F1', label, NULL, f1 FROM score
  UNION ALL SELECT 5, 'Precision', label, NULL, exact FROM score
  UNION ALL SELECT 6, 'Recall', label, NULL, found FROM score
  UNION ALL SELECT 7, 'confusion', actual, predicted, n FROM pair
) AS m ORDER BY m.o, m.actual, m.predicted`;
