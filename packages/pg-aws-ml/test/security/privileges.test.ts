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

describe('without USAGE on the schema the server decides as it does natively', () => {
  const twin = 'twin_services';
  /** Objects of a stranger, over the ML function and over an ordinary one of the same rights. */
  const objects = (name: string, fn: string) => `
    CREATE VIEW ${name}_view AS SELECT id, (${fn}(body, 'en')).sentiment AS s FROM papers;
    CREATE FUNCTION ${name}_atomic(t text) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT (${fn}(t, 'en')).sentiment; END;
    CREATE FUNCTION ${name}_text(t text) RETURNS text LANGUAGE sql AS $$ SELECT (${fn}(t, 'en')).sentiment $$;
    CREATE FUNCTION ${name}_strict(t text) RETURNS text STRICT LANGUAGE sql AS $$ SELECT (${fn}(t, 'en')).sentiment $$;
    CREATE FUNCTION ${name}_pl(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (${fn}(t, 'en')).sentiment; END $$;
    GRANT SELECT ON ${name}_view TO ${role}`;
  const statements: Record<string, (name: string, fn: string) => string> = {
    'a view': (name) => `SELECT s FROM ${name}_view ORDER BY id`,
    'BEGIN ATOMIC': (name) => `SELECT ${name}_atomic(body) AS s FROM papers ORDER BY id`,
    'BEGIN ATOMIC in an UPDATE': (name) =>
      `UPDATE papers SET sentiment = ${name}_atomic(body) RETURNING sentiment AS s`,
    'EXPLAIN of a view': (name) => `EXPLAIN (COSTS off) SELECT s FROM ${name}_view`,
    'EXPLAIN ANALYZE of a view': (name) => `EXPLAIN (ANALYZE, COSTS off) SELECT s FROM ${name}_view`,
    'a body of text': (name) => `SELECT ${name}_text(body) AS s FROM papers`,
    'a body of text that is not inlined': (name) => `SELECT ${name}_strict(body) AS s FROM papers`,
    'such a body in an UPDATE': (name) => `UPDATE papers SET sentiment = ${name}_strict(body) RETURNING sentiment AS s`,
    'PL/pgSQL': (name) => `SELECT ${name}_pl(body) AS s FROM papers`,
    'the name': (_, fn) => `SELECT (${fn}(body, 'en')).sentiment AS s FROM papers`,
    'view and name': (name, fn) => `SELECT s FROM ${name}_view UNION ALL SELECT (${fn}('x', 'en')).sentiment`,
  };
  const outcome = async (text: string): Promise<unknown> => {
    await client.query('BEGIN');
    try {
      const { rows } = await client.query(text);
      return rows.length > 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query('ROLLBACK');
    }
  };

  beforeAll(async () => {
    await lab.pool.query(`
      CREATE TABLE papers (id int PRIMARY KEY, body text NOT NULL, sentiment text);
      INSERT INTO papers SELECT i, 'paper ' || i FROM generate_series(1, 4) i;
      GRANT ALL ON papers TO ${role};
      CREATE SCHEMA ${twin};
      CREATE FUNCTION ${twin}.detect_sentiment(t text, lang text, OUT sentiment text, OUT confidence real)
        LANGUAGE plpgsql AS $$ BEGIN sentiment := 'NEUTRAL'; confidence := 1; END $$`);
    await lab.pool.query(objects('own', ml));
    await lab.pool.query(objects('native', `${twin}.detect_sentiment`));
    await lab.admin.query(`REVOKE USAGE ON SCHEMA aws_comprehend, ${twin} FROM PUBLIC, ${role}`);
  });

  afterAll(() => lab.admin.query('GRANT USAGE ON SCHEMA aws_comprehend TO PUBLIC'));

  test.each(Object.entries(statements))('%s', async (_, statement) => {
    await lab.admin.query(`GRANT EXECUTE ON FUNCTION ${ml} TO ${role}`);
    const native = await outcome(statement('native', `${twin}.detect_sentiment`));
    lab.services.resetRequests();
    expect(await outcome(statement('own', ml))).toEqual(native);
    if (native !== true) expect(lab.services.requests.total()).toBe(0);
  });

  test('EXECUTE decides there, too', async () => {
    for (const name of ['a view', 'BEGIN ATOMIC'])
      expect(await outcome(statements[name]?.('own', ml) ?? '')).toBe('42501');
    expect(lab.services.requests.total()).toBe(0);
  });
});

describe('a policy that asks a model goes with calls of the statement itself', () => {
  beforeAll(async () => {
    await lab.pool.query(`
      CREATE TABLE letters (id int PRIMARY KEY, body text NOT NULL);
      INSERT INTO letters SELECT i, 'letter ' || i FROM generate_series(1, 6) i;
      GRANT ALL ON letters TO ${role};
      ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
      CREATE POLICY moderated ON letters USING (id < 5 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment IS NOT NULL);
      CREATE VIEW read_letters WITH (security_invoker) AS SELECT * FROM letters;
      GRANT ALL ON read_letters TO ${role}`);
  });

  test.each([
    ['in a SELECT', 'letters', "(aws_comprehend.detect_sentiment(body || '!', 'en')).sentiment"],
    ['in a wrapper', 'letters', "label(body || '!')"],
    ['over a view', 'read_letters', "(aws_comprehend.detect_sentiment(body || '!', 'en')).sentiment"],
    ['in a subquery', '(SELECT * FROM letters) q', "(aws_comprehend.detect_sentiment(body || '!', 'en')).sentiment"],
  ])('%s', async (_, from, call) => {
    await lab.admin.query(`GRANT EXECUTE ON FUNCTION ${ml} TO ${role}`);
    const { rows } = await client.query(`SELECT id, ${call} AS s FROM ${from} ORDER BY id`);
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(rows.every(({ s }) => typeof s === 'string')).toBe(true);
  });
});
