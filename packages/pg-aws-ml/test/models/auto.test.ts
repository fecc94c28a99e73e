/** The whole life of a model that Autopilot trains. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import type { Lab } from '../support/lab.js';
import { bucket, inAws, openModelLab, role, untilTrained } from './model-lab.js';

let lab: Lab & { readonly trainer: Pool };

const call = '(calls, minutes, plan, joined, active)';

beforeAll(async () => {
  lab = await openModelLab();
  await lab.trainer.query(`CREATE SCHEMA demo_ml; CREATE TABLE demo_ml.held AS SELECT * FROM customer WHERE id > 550`);
});

afterAll(() => lab?.close());

beforeEach(() => lab.services.requests.reset());

it('is created at once, and its function says until it is ready how far it is', async () => {
  const notices: unknown[] = [];
  const client = await lab.trainer.connect();
  client.on('notice', ({ message, hint }) => notices.push([message, hint]));
  const { command } = await client.query(`CREATE MODEL demo_ml.churn
    FROM (SELECT calls, minutes, plan, joined, active, label FROM customer WHERE id <= 550)
    TARGET label FUNCTION will_churn IAM_ROLE default AUTO ON SETTINGS (S3_BUCKET '${bucket}')`);
  client.release();
  expect(command).toBe('CREATE');
  expect(notices).toEqual([['model "churn" is training', expect.stringMatching(/SHOW MODEL/)]]);
  await expect(lab.admin.query('SELECT _aws_ml.model_endpoint(id) FROM _aws_ml.model')).rejects.toMatchObject({
    code: '55000',
    message: expect.stringMatching(/^model "churn" is still \w+/),
  });
});

it('is ready when its endpoint is, and tells what it is', async () => {
  const shown = await untilTrained(lab.trainer, 'demo_ml.churn');
  expect(shown).toMatchObject({
    'Model State': 'READY',
    'validation:F1': expect.stringMatching(/^[01]/),
    'Problem Type': 'BinaryClassification',
    Objective: 'F1',
    'Function Parameters': 'calls minutes plan joined active',
    'Function Parameter Types': 'int4 float8 text date bool',
    'IAM Role': role,
    'Target Column': 'LABEL',
  });
});

it('predicts in one batch, whichever of its functions is asked', async () => {
  const { rows } = await lab.trainer.query(
    `SELECT label, demo_ml.will_churn${call} AS f, demo_ml.will_churn_probabilities${call} AS p FROM demo_ml.held ORDER BY id`,
  );
  expect(rows.filter(({ label, f }) => label === f).length).toBeGreaterThan(45);
  for (const { f, p } of rows) {
    expect(p.labels[0]).toBe(f);
    expect(p.probabilities[0]).toBeGreaterThanOrEqual(p.probabilities[1]);
  }
  expect(lab.services.requests.total()).toBe(1);
});

it('is explained, planned and counted like any other call', async () => {
  const { rows } = await lab.trainer.query(`EXPLAIN SELECT demo_ml.will_churn${call} FROM demo_ml.held`);
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
    /Function Scan on will_churn(.|\n)*Estimated Inputs: \d+/,
  );
  const [{ explained }] = (await lab.trainer.query("SELECT aws_ml.explain_model('demo_ml.churn') AS explained")).rows;
  expect(explained).toHaveProperty('explanations');
  await lab.admin.query('DO $$BEGIN CREATE ROLE readers_a; EXCEPTION WHEN duplicate_object THEN NULL; END$$');
  await lab.trainer.query('GRANT EXECUTE ON MODEL demo_ml.churn TO readers_a');
  await lab.admin.query('GRANT USAGE ON SCHEMA demo_ml TO readers_a');
  const reader = await lab.trainer.connect();
  await reader.query('SET ROLE readers_a');
  const seen = JSON.stringify((await reader.query('SELECT * FROM _aws_ml.model_shown')).rows);
  expect(seen).toContain('will_churn');
  expect([bucket, role, 'SELECT calls'].filter((secret) => seen.includes(secret))).toEqual([]);
  const limits = await reader.query("SELECT demo_ml.will_churn(1, 2.0, 'gold', NULL, true) AS f");
  expect(limits.rows).toHaveLength(1);
  await reader.query('RESET ROLE');
  reader.release();
  const limited = lab.openPool({ awsMl: { statementBudget: { maxRequests: 0 } } });
  await expect(limited.query(`SELECT demo_ml.will_churn${call} FROM demo_ml.held`)).rejects.toMatchObject({
    code: '53400',
  });
});
it('is dropped with all that it has', async () => {
  await lab.trainer.query('CREATE VIEW demo_ml.v AS SELECT demo_ml.will_churn(1, 2, NULL, NULL, NULL)');
  await expect(lab.trainer.query('DROP MODEL demo_ml.churn')).rejects.toMatchObject({ code: '2BP01' });
  expect((await inAws(lab.services)).length).toBeGreaterThan(3);
  await lab.trainer.query('DROP VIEW demo_ml.v');
  await lab.trainer.query('DROP MODEL demo_ml.churn');
  expect(await inAws(lab.services)).toEqual([]);
  expect((await lab.admin.query('SELECT FROM _aws_ml.model')).rowCount).toBe(0);
  await expect(lab.trainer.query('SELECT demo_ml.will_churn(1, 2, NULL, NULL, NULL)')).rejects.toMatchObject({
    code: '42883',
  });
});
