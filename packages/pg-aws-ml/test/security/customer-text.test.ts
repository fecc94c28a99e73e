import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Pool } from '../../src/index.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';

let lab: Lab;
const marker = 'Zx81-Customer-Secret';

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  await lab.pool.query('CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text)');
  await lab.pool.query(`
    CREATE FUNCTION pl_label(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
    CREATE PROCEDURE label_and_commit() LANGUAGE plpgsql AS $$
    DECLARE d record;
    BEGIN
      FOR d IN SELECT * FROM docs LOOP
        UPDATE docs SET sentiment = pl_label(d.body) WHERE id = d.id;
        COMMIT;
      END LOOP;
    END $$`);
  await lab.admin.query('INSERT INTO docs SELECT i, $1 || i FROM generate_series(1, 30) i', [marker]);
});

afterAll(() => lab.close());

const statements = [
  "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs",
  "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment, count(*) FROM docs GROUP BY 1",
  "UPDATE docs SET sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment",
  'SELECT pl_label(body) FROM docs',
  'CALL label_and_commit()',
  "EXPLAIN ANALYZE SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs",
  "SELECT aws_sagemaker.invoke_endpoint('double', 3, body)::int FROM docs",
  "SELECT aws_bedrock.invoke_model('no.such-model', NULL, NULL, body) FROM docs",
  "SELECT (aws_comprehend.detect_sentiment(repeat(body, 1000), 'en')).sentiment FROM docs",
  "SELECT (aws_comprehend.detect_sentiment(body, 'no language')).sentiment FROM docs",
];

test.each(statements)('no error, notice or log of ours holds what customers wrote: %s', async (text) => {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    }),
  );
  const client = await lab.pool.connect();
  const notices: unknown[] = [];
  client.on('notice', (notice) => notices.push(notice));
  lab.services.setFaults({
    comprehend: {
      documentErrors: { matching: marker, errorCode: 'INVALID_TEXT', errorMessage: `bad text: ${marker}` },
    },
    sagemaker: { error: { code: 'ModelError', status: 424, message: `the model could not read ${marker}` } },
  });
  const error: unknown = await client.query(text).then(
    () => undefined,
    (e: unknown) => e,
  );
  client.release();
  for (const spy of spies) spy.mockRestore();
  expect(error).toBeInstanceOf(Error);
  const all = inspect([error, notices, written, lab.pool.awsMl.stats()], { depth: null, showHidden: true });
  expect(all).not.toContain(marker);
});

test('util.inspect and JSON show no secrets of a pool', async () => {
  const pool = new Pool({
    connectionString: lab.database.connectionString,
    awsMl: { ...localOptions(lab.services), credentials: { accessKeyId: 'AKIAMARKER', secretAccessKey: marker } },
  });
  await pool.query("SELECT sentiment FROM aws_comprehend.detect_sentiment('x', 'en')").catch(() => {});
  const client = await pool.connect();
  for (const shown of [
    inspect(pool, { depth: 12 }),
    inspect(client, { depth: 12 }),
    inspect(pool.awsMl, { depth: 12 }),
  ]) {
    expect(shown).not.toContain(marker);
  }
  expect(JSON.stringify(pool.options)).not.toContain(marker);
  client.release();
  await pool.end();
});
