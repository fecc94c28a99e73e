import { BatchDetectSentimentCommand, type ComprehendClient } from '@aws-sdk/client-comprehend';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import Cursor from 'pg-cursor';
import { inFlight } from './in-flight.js';
import type { Tools } from './scenario.js';

/** The code that an expert would write by hand for these tasks, on plain pg and the plain SDK. */

export interface Review {
  readonly id: number;
  readonly body: string;
}

export interface Scored {
  readonly id: number;
  readonly sentiment: string;
  readonly confidence: number;
}

const batchSize = 25;
const scoreKeys = { POSITIVE: 'Positive', NEGATIVE: 'Negative', NEUTRAL: 'Neutral', MIXED: 'Mixed' } as const;

/** Rows of a query through a cursor, as batches of a size. */
export async function* batches<Row>(tools: Tools, sql: string, size: number): AsyncGenerator<Row[]> {
  const client = await tools.pg.connect();
  try {
    const cursor = client.query(new Cursor<Row>(sql));
    let rest: Row[] = [];
    for (;;) {
      const rows = await cursor.read(Math.max(1_000, size));
      if (rows.length === 0) break;
      rest = rest.length === 0 ? rows : rest.concat(rows);
      let from = 0;
      for (; rest.length - from >= size; from += size) yield rest.slice(from, from + size);
      rest = rest.slice(from);
    }
    if (rest.length > 0) yield rest;
    await cursor.close();
  } finally {
    client.release();
  }
}

export async function detectBatch(comprehend: ComprehendClient, reviews: readonly Review[]): Promise<Scored[]> {
  const command = new BatchDetectSentimentCommand({
    TextList: reviews.map((review) => review.body),
    LanguageCode: 'en',
  });
  const { ResultList: results = [], ErrorList: errors = [] } = await comprehend.send(command);
  if (errors.length > 0) throw new Error(`document ${errors[0]?.Index}: ${errors[0]?.ErrorCode}`);
  return results.map(({ Index = 0, Sentiment = 'MIXED', SentimentScore }) => ({
    id: (reviews[Index] as Review).id,
    sentiment: Sentiment,
    confidence: SentimentScore?.[scoreKeys[Sentiment]] ?? 0,
  }));
}

/** Every review of the table with its sentiment, a batch at a time, in order. */
export function scoredReviews(tools: Tools, table: string, concurrency: number): AsyncGenerator<Scored[]> {
  const source = batches<Review>(tools, `SELECT id, body FROM ${table}`, batchSize);
  return inFlight(source, concurrency, (reviews) => detectBatch(tools.comprehend, reviews));
}

interface Reading {
  readonly id: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export function predictions(
  tools: Tools,
  table: string,
  size: number,
  concurrency: number,
): AsyncGenerator<{ id: number; output: string }[]> {
  const source = batches<Reading>(tools, `SELECT id, a, b, c, d FROM ${table}`, size);
  return inFlight(source, concurrency, async (readings) => {
    const body = readings.map((row) => `${row.a},${row.b},${row.c},${row.d}`).join('\n');
    const { Body: answer } = await tools.sagemaker.send(
      new InvokeEndpointCommand({ EndpointName: 'meter', ContentType: 'text/csv', Accept: 'text/csv', Body: body }),
    );
    const outputs = Buffer.from(answer ?? [])
      .toString('utf8')
      .split('\n');
    return readings.map(({ id }, index) => ({ id, output: outputs[index] as string }));
  });
}
