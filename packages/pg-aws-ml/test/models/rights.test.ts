/** What a row of the table of models says is its writer's word; what a model gives is nobody's setting. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { modelInput } from '../../src/models/model-functions.js';
import type { Lab } from '../support/lab.js';
import { bucket, openModelLab } from './model-lab.js';

let lab: Lab & { readonly trainer: Pool };
let trainer: string;

const spec = JSON.stringify({
  kind: 'auto',
  functionName: 'good',
  features: [{ name: 'a', type: 'pg_catalog.int4' }],
  training: { problemType: 'BinaryClassification', target: { name: 'y', type: 'pg_catalog.bool' } },
});

const insertion = (schema: string) => ({
  text: `INSERT INTO _aws_ml.model (id, schema_name, model_name, signature, spec, state)
    VALUES (substr(md5($1), 1, 12), $1, 'good', 'tr.good(int)', $2, 'ready')`,
  values: [schema, spec],
});

beforeAll(async () => {
  lab = await openModelLab();
  trainer = `trainer_${lab.database.database.slice(-12)}`;
  await lab.trainer.query(`CREATE ROLE ${trainer}; CREATE SCHEMA tr AUTHORIZATION ${trainer}; GRANT CREATE MODEL TO ${trainer};
    CREATE TABLE d AS SELECT 1 AS a, true AS y; SET ROLE ${trainer};
    CREATE FUNCTION tr.good(int) RETURNS bool LANGUAGE plpgsql AS $$BEGIN EXECUTE 'ALTER ROLE ${trainer} SUPERUSER'; RETURN true; END$$;
    RESET ROLE`);
});
afterAll(async () => {
  await lab?.admin.query(`DROP OWNED BY ${trainer}; DROP ROLE ${trainer}`);
  await lab?.close();
});

async function asTrainer(query: string | { text: string; values: unknown[] }) {
  const client = await lab.admin.connect();
  try {
    await client.query(`SET ROLE ${trainer}`);
    return await client.query(query as string);
  } finally {
    await client.query('RESET ROLE');
    client.release();
  }
}

it('is in a schema where its owner may create', async () => {
  await expect(asTrainer(insertion('pg_catalog'))).rejects.toMatchObject({ code: '42501' });
});

it('runs nothing with the rights of who evaluates it', async () => {
  await asTrainer(insertion('tr'));
  await expect(lab.trainer.query("SELECT * FROM aws_ml.evaluate('tr.good', 'TABLE d')")).rejects.toMatchObject({
    code: '42883',
  });
  const { rows } = await lab.admin.query('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [trainer]);
  expect(rows).toEqual([{ rolsuper: false }]);
});

it('stays what it was made', async () => {
  await expect(asTrainer("UPDATE _aws_ml.model SET spec = '{}'")).rejects.toMatchObject({ code: '42501' });
  await expect(asTrainer("UPDATE _aws_ml.model SET id = 'ffffffffffff'")).rejects.toMatchObject({ code: '42501' });
});

it('says that nothing can be granted where its functions are gone', async () => {
  await lab.trainer.query(
    `CREATE MODEL gone FUNCTION gone(int) RETURNS int SAGEMAKER 'e' IAM_ROLE default SETTINGS (MAX_BATCH_ROWS 5)`,
  );
  await lab.admin.query('DROP FUNCTION gone(int)');
  await expect(lab.trainer.query('GRANT EXECUTE ON MODEL gone TO PUBLIC')).rejects.toMatchObject({ code: '42883' });
  await lab.trainer.query('DROP MODEL gone');
});

it.each([
  ['date', "date '2024-02-01'", '2024-02-01'],
  ['timestamp', "timestamp '2024-02-01 12:30:00.5'", '2024-02-01 12:30:00.500000'],
  ['timestamptz', "timestamptz '2024-02-01 12:30:00+00'", '2024-02-01 12:30:00.000000'],
])('is asked the same in every time zone and DateStyle: %s', async (type, value, asked) => {
  const client = await lab.admin.connect();
  for (const settings of ["timezone = 'Asia/Tokyo'", "timezone = 'America/New_York'", "datestyle = 'German'"]) {
    await client.query(`SET ${settings}`);
    const { rows } = await client.query(`SELECT ${modelInput(value, `pg_catalog.${type}`, false)} AS asked`);
    expect(rows).toEqual([{ asked }]);
  }
  client.release(true);
});

it('gives the label that stands behind the scores', async () => {
  const { rows } = await lab.admin.query(
    "SELECT _aws_ml.model_number('(0.1,0.7,0.2,1)', 'predicted_label') AS n, _aws_ml.model_number('(1.0,1.0)', 'predicted_label') AS one",
  );
  expect(rows).toEqual([{ n: 1, one: 1 }]);
});

it('is refused while the server reads backslashes, and has no class without a name', async () => {
  const client = await lab.trainer.connect();
  const sql = (query: string) =>
    `CREATE MODEL m FROM (${query}) TARGET y FUNCTION m IAM_ROLE default SETTINGS (S3_BUCKET '${bucket}')`;
  await client.query('SET standard_conforming_strings = off');
  await expect(client.query(sql('TABLE customer'))).rejects.toMatchObject({ code: '0A000' });
  await client.query('RESET standard_conforming_strings');
  const nameless = "SELECT i % 9 AS a, CASE WHEN i % 9 > 4 THEN '' ELSE 'x' END AS y FROM generate_series(1, 600) AS i";
  await expect(client.query(sql(nameless))).rejects.toMatchObject({ code: '22023' });
  client.release();
});
