import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { csvLine, parseCsv } from '../csv.js';
import { modelError } from '../services/sagemaker.js';
import type { EndpointContext, Prediction, TableEndpoint } from './endpoint.js';

/** Predicts from recorded answers. Throws where the configuration contradicts itself or the file. */
export function tablePrediction(config: TableEndpoint, context: EndpointContext): (fields: string[]) => Prediction {
  const answers =
    typeof config.table === 'string' ? readTable(config.table, config, context) : inlineTable(config.table);
  return (fields) => {
    const answer = answers.get(keyOf(fields)) ?? config.default;
    if (answer === undefined) throw modelError(context.name, 400, 'The table has no answer for a row');
    return answer;
  };
}

/** Fields joined, numbers in one spelling. */
function keyOf(fields: readonly string[]): string {
  return csvLine(
    fields.map((field) => {
      const value = Number(field);
      return field.trim() !== '' && Number.isFinite(value) ? String(value) : field;
    }),
  );
}

function inlineTable(table: Readonly<Record<string, Prediction>>): Map<string, Prediction> {
  return new Map(
    Object.entries(table).map(([line, prediction]) => [keyOf(parseCsv(line)[0] ?? ['']), prediction] as const),
  );
}

function readTable(path: string, config: TableEndpoint, context: EndpointContext): Map<string, Prediction> {
  const text = readFileSync(resolve(context.baseDirectory, path), 'utf8').replace(/^\uFEFF/, '');
  const [header = [], ...rows] = parseCsv(text);
  const outputs = columnsOf(header, config.outputs ?? header.slice(-1), context);
  const inputs = columnsOf(header, config.inputs ?? header.filter((_, index) => !outputs.includes(index)), context);
  const answers = new Map<string, Prediction>();
  for (const [index, row] of rows.entries()) {
    const key = keyOf(inputs.map((column) => row[column] ?? ''));
    const answer = outputs.map((column) => row[column] ?? '');
    const known = answers.get(key);
    if (known !== undefined && String(known) !== String(answer)) {
      throw new Error(
        `endpoint ${context.name}: row ${index + 1} of ${path} gives a second answer for the same inputs; name more input columns`,
      );
    }
    answers.set(key, answer);
  }
  return answers;
}

function columnsOf(header: readonly string[], names: readonly string[], { name }: EndpointContext): number[] {
  return names.map((column) => {
    const index = header.indexOf(column);
    if (index < 0) throw new Error(`endpoint ${name}: the table has no column ${column}`);
    return index;
  });
}
