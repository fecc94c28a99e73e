import type pg from 'pg';
import type { Scored } from './expert.js';
import type { Scenario } from './scenario.js';
import { outcomeOf, poolSelect } from './whole-table.js';

/** What many write first: a function in the server that asks the service for each row. */
async function createFunction(database: pg.Client, serviceUrl: string): Promise<void> {
  await database.query(`
    CREATE OR REPLACE FUNCTION sentiment_of(input_text text, OUT sentiment text, OUT confidence float4)
    LANGUAGE plpython3u AS $body$
# The module and its client once a session: they take longer to make than many answers.
if 'comprehend' not in GD:
    import boto3
    GD['comprehend'] = boto3.client('comprehend', endpoint_url=${pythonString(serviceUrl)}, region_name='us-east-1',
                                    aws_access_key_id='AKIDEXAMPLE', aws_secret_access_key='example')
answer = GD['comprehend'].detect_sentiment(Text=input_text, LanguageCode='en')
sentiment = answer['Sentiment']
return sentiment, answer['SentimentScore'][sentiment.capitalize()]
    $body$`);
}

const pythonString = (text: string) => JSON.stringify(text);

export const rowFunction: Scenario = {
  name: 'row-function',
  title: 'SELECT id, sentiment, confidence, against a PL/Python function that calls boto3 for each row',
  server: 'plpython',
  prepare: createFunction,
  onServer: ['plpython'],
  contestants: {
    pool: poolSelect,
    plpython: async ({ pg: plain }, { reviews, rows: sample }) => {
      // In FROM: (f(body)).* would call it once for each of its columns.
      const source = `(SELECT id, body FROM ${reviews} ORDER BY id LIMIT ${sample}) AS r, sentiment_of(r.body) AS s`;
      return outcomeOf((await plain.query<Scored>(`SELECT r.id, s.sentiment, s.confidence FROM ${source}`)).rows);
    },
  },
  sampled: { plpython: 500 },
};
