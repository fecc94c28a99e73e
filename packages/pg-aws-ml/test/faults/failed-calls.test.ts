import type { LocalServices } from 'aws-ml-local';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAwsMlError, type Pool } from '../../src/index.js';
import { type Application, startApplication } from '../replay/application.js';

let app: Application;
let pool: Pool;
let services: LocalServices;

beforeAll(async () => {
  app = await startApplication({ awsMl: { maxAttempts: 1 } });
  ({ pool, services } = app);
  await pool.query(`
    CREATE TABLE note (id int, body text);
    INSERT INTO note VALUES (1, 'a'), (2, 'b');
    CREATE FUNCTION ask(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN aws_sagemaker.invoke_endpoint('nope', NULL, t); END $$;
    CREATE FUNCTION feel(t text, code text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, code)).sentiment; END $$;
    CREATE PROCEDURE ask_all() LANGUAGE plpgsql AS
      $$ BEGIN PERFORM ask('a'); COMMIT; END $$;
    CREATE TABLE scored (body text);
    CREATE FUNCTION score() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM ask(new.body); RETURN new; END $$;
    CREATE TRIGGER score BEFORE INSERT ON scored FOR EACH ROW EXECUTE FUNCTION score()`);
});
afterAll(() => app.end());

async function failure(run: Promise<unknown>) {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isAwsMlError(error)) throw new Error(`not the error of a call: ${String(error)}`);
  return error;
}

const notFound = {
  code: 'ENDPOINT_NOT_FOUND',
  function: 'aws_sagemaker.invoke_endpoint',
  target: 'nope',
  service: 'sagemaker',
  requestId: expect.stringMatching(/^[\w-]+$/),
  attempts: 1,
  retryable: false,
};

describe('a failed call tells a program what has failed', () => {
  it.each([
    ['in a batch', `SELECT aws_sagemaker.invoke_endpoint('nope', NULL, body) FROM note`],
    [
      'in a batch under EXPLAIN ANALYZE',
      `EXPLAIN ANALYZE SELECT aws_sagemaker.invoke_endpoint('nope', NULL, body) FROM note`,
    ],
    ['by replay', 'SELECT ask(body) FROM note'],
    ['by replay under EXPLAIN ANALYZE', 'EXPLAIN ANALYZE SELECT ask(body) FROM note'],
    ['in an UPDATE', 'UPDATE note SET body = ask(body)'],
    ['live', 'CALL ask_all()'],
    ['in a trigger', `INSERT INTO scored VALUES ('a')`],
    ['in COPY … TO', 'COPY (SELECT ask(body) FROM note) TO STDOUT'],
  ])('%s', async (_, sql) => {
    const error = await failure(pool.query(sql));
    expect(error).toMatchObject({ code: '38000', awsMl: notFound });
    expect(error.where ?? '').not.toMatch(/_aws_ml|inline_code_block/);
  });

  it('in COPY … FROM', async () => {
    const client = await pool.connect();
    const copied = new Promise((resolve, reject) => {
      const stream = client.query(copyFrom('COPY scored FROM STDIN'));
      stream.on('error', reject).on('finish', resolve);
      stream.end('a\n');
    });
    expect((await failure(copied)).awsMl).toEqual(notFound);
    await client.query('SELECT 1');
    client.release();
  });

  it('in a transaction block, which has failed then', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    const sql = `SELECT aws_sagemaker.invoke_endpoint('nope', NULL, 'a')`;
    expect((await failure(client.query(sql))).awsMl).toEqual(notFound);
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    client.release();
  });

  it.each([
    ['in a batch', `SELECT aws_comprehend.detect_sentiment(body, nullif(body, 'b')) FROM note WHERE id = 2`],
    ['by replay', `SELECT feel(body, nullif(body, 'b')) FROM note WHERE id = 2`],
  ])('that had a NULL for an argument: %s', async (_, sql) => {
    const error = await failure(pool.query(sql));
    expect(error.message).toBe('aws_comprehend.detect_sentiment: language_code must not be null');
    expect(error).toMatchObject({
      code: '22004',
      awsMl: { code: 'NULL_ARGUMENT', function: 'aws_comprehend.detect_sentiment', service: 'comprehend', attempts: 0 },
    });
  });

  it('that may succeed when it is tried again', async () => {
    services.setFaults({ comprehend: { unavailable: true } });
    const error = await failure(pool.query(`SELECT aws_comprehend.detect_sentiment('a', 'en')`));
    services.setFaults();
    expect(error.awsMl).toMatchObject({ code: 'SERVICE_UNAVAILABLE', target: 'en', retryable: true });
  });

  it('for want of a budget', async () => {
    const small = await startApplication({ awsMl: { statementBudget: { maxRequests: 0 } } });
    const error = await failure(small.pool.query(`SELECT aws_comprehend.detect_sentiment('a', 'en')`));
    expect(error).toMatchObject({ code: '53400', awsMl: { code: 'BUDGET_EXCEEDED', attempts: 0 } });
    await small.end();
  });

  it('for a timeout', async () => {
    services.setFaults({ comprehend: { latencyMs: 60_000 } });
    const client = await pool.connect();
    await client.query(`SET statement_timeout = '300ms'`);
    await expect(client.query(`SELECT aws_comprehend.detect_sentiment('c', 'en')`)).rejects.toMatchObject({
      code: '57014',
    });
    client.release(true);
    services.setFaults();
  });
});

describe('no other error does', () => {
  it.each([['SELECT 1/0'], [`SELECT aws_comprehend.detect_sentiment('a')`], [`SELECT ask(missing) FROM note`]])(
    '%s',
    async (sql) => {
      const error = await pool.query(sql).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect(isAwsMlError(error)).toBe(false);
    },
  );
});
