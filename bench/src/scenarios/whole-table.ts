import { DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import Cursor from 'pg-cursor';
import { type Review, type Scored, scoredReviews } from './expert.js';
import { type Contestant, checksumOf, type Outcome, type Scenario } from './scenario.js';

export function outcomeOf(rows: readonly Scored[]): Outcome {
  return { rows: rows.length, checksum: rows.reduce((sum, row) => sum + checksumOf(row.id, row.sentiment), 0) };
}

const scoreAll = (table: string) => `SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM ${table}`;

const expertSelect =
  (concurrency: number): Contestant =>
  async (tools, { reviews }) => {
    const rows: Scored[] = [];
    for await (const scored of scoredReviews(tools, reviews, concurrency)) rows.push(...scored);
    return outcomeOf(rows);
  };

export const poolSelect: Contestant = async ({ pool }, { reviews }) =>
  outcomeOf((await pool.query<Scored>(scoreAll(reviews))).rows);

const naiveSelect: Contestant = async (tools, { reviews, rows: sample }) => {
  const { rows } = await tools.pg.query<Review>(`SELECT id, body FROM ${reviews} ORDER BY id LIMIT ${sample}`);
  const scored: Scored[] = [];
  for (const { id, body } of rows) {
    const answer = await tools.comprehend.send(new DetectSentimentCommand({ Text: body, LanguageCode: 'en' }));
    scored.push({ id, sentiment: answer.Sentiment ?? '', confidence: answer.SentimentScore?.Positive ?? 0 });
  }
  return outcomeOf(scored);
};

export const select: Scenario = {
  name: 'select',
  title: 'SELECT id, sentiment, confidence',
  contestants: { pool: poolSelect, expert64: expertSelect(64), expert16: expertSelect(16), naive: naiveSelect },
  sampled: { naive: 1_000 },
};

export const repeats: Scenario = {
  name: 'repeats',
  title: 'the same where each text is there twice',
  contestants: { pool: poolSelect, expert64: expertSelect(64) },
  repeats: true,
};

const poolStream: Contestant = async ({ pool }, { reviews }) => {
  const client = await pool.connect();
  const cursor = client.query(new Cursor<Scored>(scoreAll(reviews)));
  let rows = 0;
  let checksum = 0;
  for (;;) {
    const part = await cursor.read(1_000);
    if (part.length === 0) break;
    rows += part.length;
    for (const { id, sentiment } of part) checksum += checksumOf(id, sentiment);
  }
  await cursor.close();
  client.release();
  return { rows, checksum };
};

const expertStream: Contestant = async (tools, { reviews }) => {
  let rows = 0;
  let checksum = 0;
  for await (const part of scoredReviews(tools, reviews, 64)) {
    rows += part.length;
    for (const { id, sentiment } of part) checksum += checksumOf(id, sentiment);
  }
  return { rows, checksum };
};

export const stream: Scenario = {
  name: 'stream',
  title: 'the same through a cursor',
  contestants: { pool: poolStream, expert64: expertStream },
};

const counted = (rows: readonly { sentiment: string; count: number }[]): Outcome => ({
  rows: rows.reduce((sum, { count }) => sum + Number(count), 0),
  checksum: rows.reduce((sum, { sentiment, count }) => sum + checksumOf(Number(count), sentiment), 0),
});

export const group: Scenario = {
  name: 'group',
  title: 'GROUP BY an ML value',
  contestants: {
    pool: async ({ pool }, { reviews }) => {
      const call = `(aws_comprehend.detect_sentiment(body, 'en')).sentiment`;
      return counted((await pool.query(`SELECT ${call} AS sentiment, count(*) FROM ${reviews} GROUP BY 1`)).rows);
    },
    expert64: async (tools, { reviews }) => {
      const counts = new Map<string, number>();
      for await (const part of scoredReviews(tools, reviews, 64)) {
        for (const { sentiment } of part) counts.set(sentiment, (counts.get(sentiment) ?? 0) + 1);
      }
      return counted([...counts].map(([sentiment, count]) => ({ sentiment, count })));
    },
  },
};

export const update: Scenario = {
  name: 'update',
  title: 'UPDATE of two columns',
  contestants: {
    pool: async ({ pool }, { reviews }) => {
      const call = `aws_comprehend.detect_sentiment(body, 'en')`;
      const sql = `UPDATE ${reviews} SET sentiment = (${call}).sentiment, confidence = (${call}).confidence`;
      const { rowCount } = await pool.query(sql);
      return { rows: rowCount ?? 0, checksum: 0 };
    },
    expert64: async (tools, { reviews }) => {
      const client = await tools.pg.connect();
      let rows = 0;
      let part: Scored[] = [];
      const write = async () => {
        const columns = [part.map((r) => r.id), part.map((r) => r.sentiment), part.map((r) => r.confidence)];
        const source = 'unnest($1::int4[], $2::text[], $3::float4[]) AS u(id, sentiment, confidence)';
        const sql = `UPDATE ${reviews} AS t SET sentiment = u.sentiment, confidence = u.confidence FROM ${source} WHERE t.id = u.id`;
        rows += (await client.query(sql, columns)).rowCount ?? 0;
        part = [];
      };
      await client.query('BEGIN');
      for await (const scored of scoredReviews(tools, reviews, 64)) {
        part.push(...scored);
        if (part.length >= 5_000) await write();
      }
      if (part.length > 0) await write();
      await client.query('COMMIT');
      client.release();
      return { rows, checksum: 0 };
    },
  },
};
