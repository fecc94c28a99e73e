import { csvLine, parseCsv } from '../csv.js';
import { AwsError } from '../services/aws-error.js';
import { modelError } from '../services/sagemaker.js';
import type { AnswerLayout, Endpoint, Prediction } from './endpoint.js';

type Predict = (fields: string[]) => Prediction | Promise<Prediction>;

/**
 * An endpoint that predicts row by row: text/csv in; text/csv out or, where the client accepts only that, JSON in the
 * manner of SageMaker's own algorithms.
 */
export function csvEndpoint(name: string, predict: Predict, layout: AnswerLayout = 'lines'): Endpoint {
  return async ({ contentType, accept, body }) => {
    if (!contentType.startsWith('text/csv')) {
      throw modelError(name, 415, 'Content type is not supported; this endpoint takes text/csv');
    }
    const predictions: Prediction[] = [];
    for (const row of rowsOf(name, body)) predictions.push(await predictRow(name, predict, row));
    if (accept.startsWith('application/json')) {
      const answer = { predictions: predictions.map((score) => ({ score })) };
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify(answer)) };
    }
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from(layOut(predictions, layout)) };
  };
}

function rowsOf(name: string, body: Buffer): string[][] {
  try {
    return parseCsv(body);
  } catch {
    // The parser's message would quote the input.
    throw modelError(name, 400, 'Unable to parse the payload as CSV');
  }
}

async function predictRow(name: string, predict: Predict, row: string[]): Promise<Prediction> {
  try {
    return await predict(row);
  } catch (error) {
    if (error instanceof AwsError) throw error;
    // What a model throws may quote its input.
    throw modelError(name, 500, 'The model failed');
  }
}

function layOut(predictions: readonly Prediction[], layout: AnswerLayout): string {
  const lines = predictions.map((prediction) => csvLine(typeof prediction === 'object' ? prediction : [prediction]));
  return layout === 'comma-separated' ? lines.join(',') : lines.map((line) => `${line}\n`).join('');
}
