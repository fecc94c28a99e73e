import { PredictionFailure } from '../training-job.js';

/** @throws where a row has more or fewer cells than the model has columns */
export function checkWidth(rows: readonly (readonly string[])[], columns: number): void {
  const wrong = rows.find((row) => row.length !== columns);
  if (wrong === undefined) return;
  throw new PredictionFailure(
    `The model was trained with ${columns} columns besides the target, and a row of the request has ${wrong.length}.`,
  );
}
