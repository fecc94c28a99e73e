import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Sentiment } from 'aws-ml-local';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyCsv } from './support/copy-csv.js';
import { type Installed, startInstalled } from './support/installed.js';

// PG_AWS_ML_DATA names a directory with data that others have published:
//   hotel_reviews_500.csv      comments                       aws-samples/aurora-postgresql-pgvector
//   nyc_taxi.csv               timestamp, value               numenta/NAB, data/realKnownCause
//   nyc_taxi_rcf_scores.csv    timestamp, value, anomaly_score   numenta/NAB, results/randomCutForest
const directory = process.env.PG_AWS_ML_DATA;

const CLASSES: readonly Sentiment[] = ['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'];

/** A class and a confidence that SQL can compute as well. */
function hashedSentiment(text: string) {
  const digits = createHash('md5').update(text).digest('hex');
  const chosen = Number.parseInt(digits.slice(0, 1), 16) % 4;
  const confidence = Number.parseInt(digits.slice(1, 4), 16) / 4096;
  const [Positive = 0, Negative = 0, Neutral = 0, Mixed = 0] = CLASSES.map((_, i) =>
    i === chosen ? confidence : (1 - confidence) / 3,
  );
  return { sentiment: CLASSES[chosen] as Sentiment, score: { Positive, Negative, Neutral, Mixed } };
}

const EXPECTED_SENTIMENTS = `
  CREATE TABLE expected AS
  SELECT comments,
         (ARRAY['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'])[1 + ('x' || substr(digits, 1, 1))::bit(4)::int % 4] AS sentiment,
         (('x' || substr(digits, 2, 3))::bit(12)::int / 4096.0)::real AS confidence
    FROM reviews, md5(comments) AS digits`;

describe.skipIf(directory === undefined)('data that nobody made for us', () => {
  let installed: Installed;
  const file = (name: string) => join(directory as string, name);
  const query = async (sql: string) => (await installed.pool.query(sql)).rows;
  const requests = (service: 'comprehend' | 'sagemaker') => installed.services.requests.total(service);

  /** Rows of one query that the other lacks, both ways, duplicates counted. */
  const differences = (one: string, other: string) =>
    query(`(${one} EXCEPT ALL ${other}) UNION ALL (${other} EXCEPT ALL ${one})`);

  beforeAll(async () => {
    installed = await startInstalled({
      sentiment: hashedSentiment,
      endpoints: {
        taxi_anomalies: {
          table: file('nyc_taxi_rcf_scores.csv'),
          inputs: ['timestamp', 'value'],
          outputs: ['anomaly_score'],
        },
      },
    });
    const { pool } = installed;
    await pool.query('CREATE TABLE reviews (comments text)');
    await copyCsv(pool, file('hotel_reviews_500.csv'), 'reviews');
    await pool.query(EXPECTED_SENTIMENTS);
    await pool.query('CREATE TABLE nyc_taxi (timestamp timestamp, value float8)');
    await copyCsv(pool, file('nyc_taxi.csv'), 'nyc_taxi');
    await pool.query('CREATE TABLE scores (timestamp timestamp, value float8, anomaly_score float8)');
    await copyCsv(pool, file('nyc_taxi_rcf_scores.csv'), 'scores');
    await pool.query(`CREATE FUNCTION anomaly_score(at timestamp, value float8, OUT score float8)
      AS $$ SELECT aws_sagemaker.invoke_endpoint('taxi_anomalies', NULL, at, value)::float8 $$
      LANGUAGE SQL PARALLEL SAFE COST 5000`);
  });
  afterAll(() => installed?.stop());
  beforeEach(() => installed.services.resetRequests());

  describe('500 hotel reviews through sentiment analysis, 25 a request', () => {
    it('are 500 distinct texts', async () => {
      expect(
        await query('SELECT count(*)::int AS all, count(DISTINCT comments)::int AS different FROM reviews'),
      ).toEqual([{ all: 500, different: 500 }]);
    });

    it('SELECT', async () => {
      const rows = await query(
        "SELECT comments, s.sentiment, s.confidence FROM reviews, aws_comprehend.detect_sentiment(comments, 'en') s ORDER BY 1",
      );
      expect(requests('comprehend')).toBe(20);
      expect(rows).toEqual(await query('SELECT * FROM expected ORDER BY 1'));
    });

    it('WHERE', async () => {
      const rows = await query(
        "SELECT comments FROM reviews WHERE (aws_comprehend.detect_sentiment(comments, 'en')).sentiment = 'NEGATIVE' ORDER BY 1",
      );
      expect(requests('comprehend')).toBe(20);
      expect(rows.length).toBeGreaterThan(50);
      expect(rows).toEqual(await query("SELECT comments FROM expected WHERE sentiment = 'NEGATIVE' ORDER BY 1"));
    });

    it('GROUP BY', async () => {
      const rows = await query(
        `SELECT s.sentiment, count(*), round(avg(s.confidence)::numeric, 4) AS mean, max(length(comments)) AS longest
           FROM reviews, aws_comprehend.detect_sentiment(comments, 'en') s GROUP BY 1 ORDER BY 1`,
      );
      expect(requests('comprehend')).toBe(20);
      expect(rows).toHaveLength(4);
      expect(rows).toEqual(
        await query(
          `SELECT sentiment, count(*), round(avg(confidence)::numeric, 4) AS mean, max(length(comments)) AS longest
             FROM expected GROUP BY 1 ORDER BY 1`,
        ),
      );
    });

    it('INSERT … SELECT', async () => {
      await query('CREATE TABLE inserted (comments text, sentiment text, confidence real)');
      const { rowCount } = await installed.pool.query(
        "INSERT INTO inserted SELECT comments, (aws_comprehend.detect_sentiment(comments, 'en')).* FROM reviews",
      );
      expect(rowCount).toBe(500);
      expect(requests('comprehend')).toBe(20);
      expect(await differences('SELECT * FROM inserted', 'SELECT * FROM expected')).toEqual([]);
    });

    it('CREATE TABLE AS', async () => {
      await query(
        "CREATE TABLE created AS SELECT comments, s.* FROM reviews, aws_comprehend.detect_sentiment(comments, 'en') s",
      );
      expect(requests('comprehend')).toBe(20);
      expect(await differences('SELECT * FROM created', 'SELECT * FROM expected')).toEqual([]);
    });

    it('LIMIT, which sends no more than it needs', async () => {
      const rows = await query(
        "SELECT comments, s.* FROM reviews, aws_comprehend.detect_sentiment(comments, 'en') s LIMIT 30",
      );
      expect(rows).toHaveLength(30);
      expect(installed.services.requests.counters('comprehend')).toMatchObject({ requests: 2, inputs: 30 });
    });
  });

  describe('10,320 half hours of taxi rides, with the recorded scores of a random cut forest', () => {
    const outliers = (score: string, table: string) => `
      SELECT timestamp, value, ${score} AS score FROM ${table}
       WHERE ${score} > (SELECT avg(${score}) + 3 * stddev(${score}) FROM ${table})`;

    it('scores every row in one request', async () => {
      await query('CREATE TABLE scored AS SELECT *, anomaly_score(timestamp, value) FROM nyc_taxi');
      expect(installed.services.requests.counters('sagemaker')).toMatchObject({ requests: 1, inputs: 10_320 });
      expect(await differences('SELECT * FROM scored', 'SELECT * FROM scores')).toEqual([]);
    });

    it('average plus three standard deviations gives the rows that plain SQL finds', async () => {
      const plain = await query(`${outliers('anomaly_score', 'scores')} ORDER BY 1`);
      expect(plain.length).toBeGreaterThan(10);
      const rows = await query(`${outliers('anomaly_score(timestamp, value)', 'nyc_taxi')} ORDER BY 1`);
      expect(rows).toEqual(plain);
      // Every half hour is sent once, whichever of the calls asks first.
      expect(installed.services.requests.counters('sagemaker').inputs).toBe(10_320);
    });

    it('the same with the scores in a WITH query', async () => {
      const rows = await query(
        `WITH scored AS (SELECT *, anomaly_score(timestamp, value) AS score FROM nyc_taxi)
         ${outliers('score', 'scored')} ORDER BY 1`,
      );
      expect(rows).toEqual(await query(`${outliers('anomaly_score', 'scores')} ORDER BY 1`));
      expect(installed.services.requests.counters('sagemaker').inputs).toBe(10_320);
    });
  });
});
