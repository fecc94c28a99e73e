import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
/** A session of a role that owns nothing. */
let client: PoolClient;
const role = `guest_${randomBytes(4).toString('hex')}`;
const ml = 'aws_comprehend.detect_sentiment';

beforeAll(async () => {
  lab = await openLab();
  await lab.pool.query(`
    CREATE ROLE ${role};
    CREATE TABLE docs (id int PRIMARY KEY, owner text, body text NOT NULL, sentiment text);
    INSERT INTO docs SELECT i, CASE i % 2 WHEN 0 THEN '${role}' ELSE 'other' END, 'document ' || i, NULL FROM generate_series(1, 10) i;
    CREATE FUNCTION label(t text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
    CREATE FUNCTION pl_label(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
    CREATE FUNCTION lent_label(t text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS
      $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
    CREATE VIEW labelled AS SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs;
    GRANT ALL ON docs, labelled TO ${role}`);
  client = await lab.pool.connect();
  await client.query(`SET ROLE ${role}`);
});

beforeEach(async () => {
  await lab.admin.query(`REVOKE EXECUTE ON FUNCTION ${ml} FROM ${role}`);
  lab.services.resetRequests();
});

afterAll(async () => {
  client.release(true);
  await lab.admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await lab.close();
});

const guarded: Record<string, string> = {
  'a SELECT': "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs",
  'a wrapper': 'SELECT label(body) FROM docs',
  'a PL/pgSQL function': 'SELECT pl_label(body) FROM docs',
  'a view': 'SELECT sentiment FROM labelled',
  'an UPDATE': 'UPDATE docs SET sentiment = label(body)',
  'a DO block': "DO $$ BEGIN PERFORM pl_label('x'); END $$",
  'a cursor': 'DECLARE c CURSOR WITH HOLD FOR SELECT label(body) FROM docs',
  'a constant call': "SELECT sentiment FROM aws_comprehend.detect_sentiment('x', 'en')",
  'EXPLAIN ANALYZE': 'EXPLAIN ANALYZE SELECT label(body) FROM docs',
};

describe.each(Object.entries(guarded))('%s', (_, text) => {
  const grant = () => lab.admin.query(`GRANT EXECUTE ON FUNCTION ${ml} TO ${role}`);
  const denied = async () => {
    lab.services.resetRequests();
    await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
    expect(lab.services.requests.total()).toBe(0);
  };

  test('EXECUTE decides, from one statement to the next', async () => {
    await denied();
    await grant();
    await client.query('BEGIN');
    await client.query(text);
    await client.query('ROLLBACK');
    expect(lab.services.requests.total()).toBeGreaterThan(0);
    await lab.admin.query(`REVOKE EXECUTE ON FUNCTION ${ml} FROM ${role}`);
    await denied();
  });

  test('USAGE of the schema does not let plans of other roles through', async () => {
    await lab.pool.query(text.replace('WITH HOLD', '')).catch(() => {});
    await denied();
  });
});

test('a SECURITY DEFINER function calls with the rights of its owner', async () => {
  const { rows } = await client.query('SELECT lent_label(body) AS s FROM docs ORDER BY id');
  expect(rows).toHaveLength(10);
  expect(lab.services.requests.total()).toBeGreaterThan(0);
});

test('rows that row security hides are sent to nobody', async () => {
  await lab.admin.query(`
    ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON docs USING (owner = current_user);
    GRANT EXECUTE ON FUNCTION ${ml} TO ${role}`);
  const sent = () => lab.services.requests.entries.reduce((n, e) => n + (e.batchSize ?? 0), 0);
  for (const text of [guarded['a SELECT'], guarded['a PL/pgSQL function'], guarded['a wrapper']] as string[]) {
    lab.services.resetRequests();
    expect((await client.query(text)).rows).toHaveLength(5);
    expect(sent()).toBe(5);
  }
});

describe('what the extension keeps for itself', () => {
  test.each([
    ['evaluate', "SELECT _aws_ml.evaluate('aws_comprehend.detect_sentiment', ARRAY['x', 'en'], NULL)"],
    ['report', "SELECT _aws_ml.report('ML001', 'n', NULL, 'aws_comprehend.detect_sentiment', ARRAY['x', 'en'], NULL)"],
    ['raise', "SELECT _aws_ml.raise('P0001', 'x', NULL, NULL)"],
    ['await_live', "SELECT _aws_ml.await_live('aws_comprehend.detect_sentiment', ARRAY['x', 'en'], NULL)"],
    ['the answers', 'SELECT * FROM _aws_ml.live_result'],
    ['writing an answer', "INSERT INTO _aws_ml.live_result VALUES ('n', 1, 'POSITIVE')"],
  ])('%s is denied to an ordinary role', async (_, text) => {
    await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
    expect(lab.services.requests.total()).toBe(0);
  });

  test('the mode of the functions gives no right to call them', async () => {
    for (const mode of ['collect', 'strict', 'live', 'describe', 'replay']) {
      await client.query(`SET aws_ml.mode = '${mode}'`);
      await expect(client.query(guarded['a SELECT'] as string)).rejects.toMatchObject({ code: '42501' });
    }
    await client.query('RESET aws_ml.mode');
    expect(lab.services.requests.total()).toBe(0);
  });

  test('results are stored by who knows the nonce alone', async () => {
    const store =
      "SELECT _aws_ml.store_results('guess', ARRAY['\\xaa'::bytea], ARRAY['POSITIVE'], ARRAY['1'], ARRAY[NULL], ARRAY[NULL], ARRAY[NULL], ARRAY[NULL])";
    await expect(client.query(store)).rejects.toMatchObject({ code: '42501' });
  });
});

test('who may provide results can be narrowed to the roles of applications', async () => {
  const functions = ['begin_describe', 'begin_replay', 'store_results', 'begin_live', 'answer_live']
    .map((f) => `_aws_ml.${f}`)
    .join(', ');
  await lab.admin.query(`REVOKE EXECUTE ON FUNCTION ${functions} FROM PUBLIC`);
  await expect(client.query("SELECT _aws_ml.begin_replay('mine', 'strict')")).rejects.toMatchObject({ code: '42501' });
  await lab.admin.query(
    `GRANT EXECUTE ON FUNCTION ${functions} TO ${role}; GRANT EXECUTE ON FUNCTION ${ml} TO ${role}`,
  );
  expect((await client.query("SELECT pl_label('x')")).rows).toHaveLength(1);
  await lab.admin.query(`GRANT EXECUTE ON FUNCTION ${functions} TO PUBLIC`);
});

test('reports that the SQL of a user forges are notices, not requests', async () => {
  await lab.pool.query(`
    GRANT EXECUTE ON FUNCTION ${ml} TO ${role};
    CREATE FUNCTION forge(t text) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
      RAISE INFO USING ERRCODE = 'ML001', DETAIL = repeat('00', 32),
        MESSAGE = '{"number":null,"function":"aws_comprehend.detect_sentiment","arguments":["forged","en"],"maxRowsPerBatch":null}';
      RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment;
    END $$`);
  const notices: unknown[] = [];
  client.on('notice', (notice) => notices.push(notice.code));
  await client.query("SELECT forge('x')");
  expect(notices).toContain('ML001');
  const inputs = lab.services.requests.entries.reduce((n, e) => n + (e.batchSize ?? 0), 0);
  expect(inputs).toBe(1);
});
