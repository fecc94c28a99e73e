import { DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import Cursor from 'pg-cursor';
import { detectBatch, type Review } from './expert.js';
import { checksumOf, type Outcome, type Scenario } from './scenario.js';

async function repeated(times: number, once: (n: number) => Promise<Outcome>): Promise<Outcome> {
  let rows = 0;
  let checksum = 0;
  for (let n = 0; n < times; n += 1) {
    const outcome = await once(n);
    rows += outcome.rows;
    checksum += outcome.checksum;
  }
  return { rows, checksum };
}

const idsOf = (rows: readonly { id: number }[]): Outcome => ({
  rows: rows.length,
  checksum: rows.reduce((sum, { id }) => sum + id, 0),
});

const wanted = 20;

export const limit: Scenario = {
  name: 'limit',
  title: 'WHERE cheap AND ML predicate ORDER BY id LIMIT 20, 50 times',
  share: 0.1,
  contestants: {
    pool: ({ pool }, { reviews }) =>
      repeated(50, async (n) => {
        const call = `(aws_comprehend.detect_sentiment(body, 'en')).sentiment`;
        const sql = `SELECT id FROM ${reviews} WHERE id > $1 AND ${call} = 'NEGATIVE' ORDER BY id LIMIT ${wanted}`;
        return idsOf((await pool.query<{ id: number }>(sql, [n * 10])).rows);
      }),
    expert: (tools, { reviews }) =>
      repeated(50, async (n) => {
        const client = await tools.pg.connect();
        const sql = `SELECT id, body FROM ${reviews} WHERE id > $1 ORDER BY id`;
        const cursor = client.query(new Cursor<Review>(sql, [n * 10]));
        const found: { id: number }[] = [];
        while (found.length < wanted) {
          const rows = await cursor.read(25);
          if (rows.length === 0) break;
          for (const scored of await detectBatch(tools.comprehend, rows)) {
            if (scored.sentiment === 'NEGATIVE' && found.length < wanted) found.push(scored);
          }
        }
        await cursor.close();
        client.release();
        return idsOf(found);
      }),
  },
};

export const point: Scenario = {
  name: 'point',
  title: 'one row by its key, 500 times',
  share: 0.1,
  contestants: {
    pool: ({ pool }, { reviews, rows }) =>
      repeated(500, async (n) => {
        const sql = `SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM ${reviews} WHERE id = $1`;
        const { rows: found } = await pool.query<{ id: number; sentiment: string }>(sql, [1 + (n % rows)]);
        return { rows: found.length, checksum: checksumOf(found[0]?.id ?? 0, found[0]?.sentiment ?? null) };
      }),
    expert: (tools, { reviews, rows }) =>
      repeated(500, async (n) => {
        const sql = `SELECT id, body FROM ${reviews} WHERE id = $1`;
        const { rows: found } = await tools.pg.query<Review>(sql, [1 + (n % rows)]);
        const { id, body } = found[0] as Review;
        const answer = await tools.comprehend.send(new DetectSentimentCommand({ Text: body, LanguageCode: 'en' }));
        return { rows: 1, checksum: checksumOf(id, answer.Sentiment ?? null) };
      }),
  },
};
