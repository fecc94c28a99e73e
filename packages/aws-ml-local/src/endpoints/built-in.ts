import type { Prediction, SimpleEndpoint } from './endpoint.js';

/** Sum of the fields that are numbers. */
function sum(fields: readonly string[]): number {
  return fields.reduce((total, field) => {
    const value = field.trim() === '' ? Number.NaN : Number(field);
    return Number.isFinite(value) ? total + value : total;
  }, 0);
}

/** Predictions for tests and demos, by name. `echo` answers the row it got. */
export const SIMPLE_PREDICTIONS: Record<SimpleEndpoint['builtIn'], (fields: string[]) => Prediction> = {
  sum,
  echo: (fields) => fields,
};
