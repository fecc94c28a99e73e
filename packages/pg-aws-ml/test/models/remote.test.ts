/** Models behind endpoints that are there, and what needs no training. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab({ endpoints: { total: 'sum' } });
  await lab.pool.query(`
    CREATE TABLE customer (id int, calls int, minutes float8, state text, churn bool, label text);
    INSERT INTO customer SELECT i, i % 7, i / 10.0, 'state ' || i % 5, i % 3 = 0, CASE i % 3 WHEN 0 THEN 'True.' ELSE 'False.' END
    FROM generate_series(1, 600) AS i`);
  await lab.pool.query(`CREATE MODEL total_of FUNCTION total_of (int, float8) RETURNS numeric SAGEMAKER 'total' IAM_ROLE default
    SETTINGS (MAX_BATCH_ROWS 100)`);
});

afterAll(() => lab?.close());

beforeEach(() => lab.services.requests.reset());

describe('a remote model', () => {
  it('predicts in batches of MAX_BATCH_ROWS', async () => {
    const { rows } = await lab.pool.query('SELECT sum(total_of(calls, minutes)) AS sum FROM customer');
    expect(Number(rows[0].sum)).toBeCloseTo(19830, 0);
    expect(lab.services.requests.total()).toBe(6);
  });

  it('is shown', async () => {
    const { rows } = await lab.pool.query('SHOW MODEL total_of');
    const shown = Object.fromEntries(rows.map(({ Key, Value }) => [Key, Value]));
    expect(shown).toMatchObject({
      'Model Name': 'total_of',
      'Schema Name': 'public',
      'Model State': 'READY',
      Endpoint: 'total',
      'Function Name': 'total_of',
      'Inference Type': 'Remote',
      'Function Parameter Types': 'int4 float8',
    });
    expect((await lab.pool.query('SHOW MODEL ALL')).rows).toEqual([
      { 'Schema Name': 'public', 'Model Name': 'total_of' },
    ]);
  });

  it('is planned in batches', async () => {
    const { rows } = await lab.pool.query('EXPLAIN SELECT total_of(calls, minutes) FROM customer');
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Function Scan on total_of/);
  });
});

describe('what nothing is sent for', () => {
  const create = (rest: string, from = 'customer') =>
    `CREATE MODEL m FROM ${from} ${rest} FUNCTION predict_m IAM_ROLE 'arn:aws:iam::123456789012:role/training' SETTINGS (S3_BUCKET 'sagemaker-data')`;

  it.each([
    ['too few rows', create('TARGET churn', '(SELECT calls, churn FROM customer LIMIT 499)'), '22023', /499 rows/],
    ['no such target', create('TARGET nobody'), '42703', /"nobody" does not exist/],
    ['one column', create('TARGET churn', '(SELECT churn FROM customer)'), '22023', /no column to predict from/],
    [
      'one class',
      create('TARGET label', "(SELECT calls, label FROM customer, generate_series(1, 3) WHERE label = 'True.')"),
      '22023',
      /one value/,
    ],
    [
      'a type that no model takes',
      create('TARGET churn', "(SELECT calls, churn, '{}'::jsonb AS j FROM customer)"),
      '42804',
      /of type jsonb/,
    ],
    ['text for a built-in algorithm', create('TARGET churn AUTO OFF MODEL_TYPE XGBOOST'), '42804', /of type text/],
    ['a column twice', create('TARGET churn', '(SELECT calls, calls, churn FROM customer)'), '42701', /more than once/],
    [
      'no query',
      create('TARGET churn', '(DELETE FROM customer RETURNING calls, churn)'),
      '42601',
      /one query that reads rows/,
    ],
  ])('%s', async (_, sql, code, message) => {
    const error = await lab.pool.query(sql).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) });
    expect((await lab.pool.query('SHOW MODEL ALL')).rows).toHaveLength(1);
    expect(lab.services.requests.total()).toBe(0);
  });

  it('a transaction block', async () => {
    const client = await lab.pool.connect();
    try {
      await client.query('BEGIN');
      await expect(client.query(create('TARGET churn'))).rejects.toMatchObject({ code: '25001' });
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('EXPLAIN CREATE MODEL', async () => {
    const { rows } = await lab.pool.query(`EXPLAIN ${create('TARGET label')}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Rows: 600\n.*Columns: 5 to predict from, target "label"\n.*Cells: 3600/);
    expect(plan).toMatch(/BinaryClassification, objective F1/);
    expect(plan).toMatch(/at most 5\.\d\d/);
  });
});

describe('privileges', () => {
  it('are those of PostgreSQL', async () => {
    await lab.admin.query(`
      DO $$BEGIN CREATE ROLE analysts_m; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
      DO $$BEGIN CREATE ROLE readers_m; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
      GRANT CREATE, USAGE ON SCHEMA public TO analysts_m; GRANT SELECT ON customer TO analysts_m, readers_m`);
    const as = async (role: string, sql: string) => {
      const client = await lab.pool.connect();
      try {
        await client.query(`SET ROLE ${role}`);
        return await client.query(sql);
      } finally {
        await client.query('RESET ROLE');
        client.release();
      }
    };
    const create = `CREATE MODEL theirs FUNCTION theirs (int) RETURNS numeric SAGEMAKER 'total' IAM_ROLE default`;
    await expect(as('analysts_m', create)).rejects.toMatchObject({ code: '42501' });
    await lab.pool.query('GRANT CREATE MODEL TO GROUP analysts_m');
    await as('analysts_m', create);
    expect((await as('analysts_m', 'SELECT theirs(calls) AS t FROM customer WHERE id = 3')).rows).toEqual([{ t: '3' }]);
    // Who may not use it does not see it.
    await expect(as('readers_m', 'SELECT theirs(calls) FROM customer')).rejects.toMatchObject({ code: '42501' });
    expect((await as('readers_m', 'SHOW MODEL ALL')).rows).toEqual([]);
    await as('analysts_m', 'GRANT EXECUTE ON MODEL theirs TO readers_m');
    expect((await as('readers_m', 'SELECT theirs(calls) AS t FROM customer WHERE id = 3')).rows).toEqual([{ t: '3' }]);
    expect((await as('readers_m', 'SHOW MODEL ALL')).rows).toHaveLength(1);
    const shown = (await as('readers_m', 'SHOW MODEL theirs')).rows.map(({ Key }) => Key);
    expect(shown).not.toContain('IAM Role');
    await expect(as('readers_m', 'DROP MODEL theirs')).rejects.toMatchObject({ code: '42704' });
    expect(
      (await lab.pool.query("SELECT * FROM aws_ml.svv_ml_model_privileges WHERE identity_name = 'readers_m'")).rows,
    ).toEqual([
      {
        namespace_name: 'public',
        model_name: 'theirs',
        model_version: 1,
        privilege_type: 'EXECUTE',
        identity_name: 'readers_m',
        identity_type: 'role',
        admin_option: false,
      },
    ]);
    await as('analysts_m', 'REVOKE EXECUTE ON MODEL theirs FROM readers_m');
    await expect(as('readers_m', 'SELECT theirs(calls) FROM customer')).rejects.toMatchObject({ code: '42501' });
    await as('analysts_m', 'DROP MODEL theirs');
    await expect(as('analysts_m', 'SELECT theirs(calls) FROM customer')).rejects.toMatchObject({ code: '42883' });
    await lab.pool.query('REVOKE CREATE MODEL FROM GROUP analysts_m');
    await expect(as('analysts_m', create)).rejects.toMatchObject({ code: '42501' });
  });

  it('DROP MODEL IF EXISTS passes over what is not there', async () => {
    expect((await lab.pool.query('DROP MODEL IF EXISTS nothing')).command).toBe('DROP');
    await expect(lab.pool.query('DROP MODEL nothing')).rejects.toMatchObject({ code: '42704' });
  });
});
