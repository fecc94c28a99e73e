import { csvLine } from '../csv.js';
import type { Payload } from '../services/backend.js';
import type { Prediction } from '../training/training-job.js';
import { pythonFloat, pythonLiteral } from './python-literal.js';

type Value = string | number | readonly (string | number)[];

/** What SAGEMAKER_INFERENCE_OUTPUT can name, by name. */
const FIELDS: Readonly<Record<string, (prediction: Prediction) => Value | undefined>> = {
  predicted_label: ({ predictedLabel }) => predictedLabel,
  probability: ({ probability }) => probability,
  probabilities: ({ probabilities }) => probabilities,
  labels: ({ labels }) => labels,
  predicted_score: ({ score }) => score,
  raw_score: ({ score }) => score,
  raw_scores: ({ score }) => score,
};

/** The names in a list as the environment of a container has it; undefined where one of them is none. */
export function selectedFields(list: string): readonly string[] | undefined {
  const names = list.split(',').map((name) => name.trim());
  return names.every((name) => Object.hasOwn(FIELDS, name)) ? names : undefined;
}

/** The first field that the model of a prediction doesn't have. */
export function missingField(fields: readonly string[], prediction: Prediction): string | undefined {
  return fields.find((field) => FIELDS[field]?.(prediction) === undefined);
}

/** Predictions with the fields that were asked for, in their order. */
export function encodeFields(
  fields: readonly string[],
  predictions: readonly Prediction[],
  accept: string,
): Payload | undefined {
  const values = predictions.map((prediction) => fields.map((field) => FIELDS[field]?.(prediction) ?? ''));
  const named = () => values.map((row) => Object.fromEntries(fields.map((field, index) => [field, row[index]])));
  switch (accept) {
    case 'text/csv':
      return csv(values.map((row) => csvLine(row.map(cell))));
    case 'application/json':
      return json({ predictions: named() });
    case 'application/jsonlines':
      return jsonLines(named());
    default:
      return undefined;
  }
}

export const csv = (lines: readonly string[]): Payload => ({
  contentType: 'text/csv; charset=utf-8',
  body: Buffer.from(lines.map((line) => `${line}\n`).join('')),
});

export const json = (value: object): Payload => ({
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(value)),
});

export const jsonLines = (values: readonly object[]): Payload => ({
  contentType: 'application/jsonlines',
  body: Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join('')),
});

/** A list is one cell, in Python's notation; a label stands as it is. */
function cell(value: Value): string {
  if (typeof value === 'number') return pythonFloat(value);
  return typeof value === 'string' ? value : pythonLiteral(value);
}
