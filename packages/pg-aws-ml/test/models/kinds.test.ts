/** Models of the built-in algorithms, regressions, and models of Bedrock; with what is asked about them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import type { Lab } from '../support/lab.js';
import { bucket, openModelLab, untilTrained } from './model-lab.js';

let lab: Lab & { readonly trainer: Pool };

beforeAll(async () => {
  lab = await openModelLab();
});

afterAll(() => lab?.close());

beforeEach(() => lab.services.requests.reset());

const create = (name: string, columns: string, rest: string) =>
  lab.trainer.query(
    `CREATE MODEL ${name} FROM (SELECT ${columns} FROM customer) ${rest}
    FUNCTION ${name} IAM_ROLE default SETTINGS (S3_BUCKET '${bucket}')`.replace(
      /(AUTO .*)(\n.*)( SETTINGS)/s,
      '$2 $1$3',
    ),
  );

const plan = async (sql: string) =>
  (await lab.trainer.query(`EXPLAIN ${sql}`)).rows.map((row) => row['QUERY PLAN']).join('\n');

const ask = async (sql: string) => (await lab.trainer.query(sql)).rows;

describe('XGBOOST', () => {
  it('gives back labels of two classes', async () => {
    await create('two', 'calls, minutes, active, label', 'TARGET label AUTO OFF MODEL_TYPE XGBOOST');
    expect(await untilTrained(lab.trainer, 'two')).toMatchObject({
      'Model State': 'READY',
      objective: 'binary:logistic',
    });
    expect(await plan('SELECT two(calls, minutes, active) FROM customer')).toMatch(/Function Scan on two/);
    lab.services.requests.reset();
    const [{ right }] = await ask(
      'SELECT count(*) FILTER (WHERE two(calls, minutes, active) = label)::int AS right FROM customer',
    );
    expect(right).toBeGreaterThan(570);
    expect(lab.services.requests.total()).toBe(1);
    await expect(ask("SELECT EXPLAIN_MODEL('two')")).resolves.toHaveLength(1);
  });

  it('gives back labels of several, whole numbers among them', async () => {
    await create(
      'several',
      'minutes, spent, calls',
      `TARGET calls AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE 'multi:softmax' HYPERPARAMETERS DEFAULT EXCEPT (num_class '9', num_round '20')`,
    );
    expect(await untilTrained(lab.trainer, 'several')).toMatchObject({ 'Model State': 'READY', num_class: '9' });
    expect(await plan('SELECT several(minutes, spent) FROM customer')).toMatch(/Function Scan on several/);
    const [{ right }] = await ask(
      'SELECT count(*) FILTER (WHERE several(minutes, spent) = calls)::int AS right FROM customer',
    );
    expect(right).toBeGreaterThan(500);
  });
});

describe('LINEAR_LEARNER', () => {
  it('predicts numbers, and is evaluated', async () => {
    await create('line', 'calls, minutes, spent', 'TARGET spent AUTO OFF MODEL_TYPE LINEAR_LEARNER');
    expect(await untilTrained(lab.trainer, 'line')).toMatchObject({ 'Model State': 'READY' });
    expect(await ask('SELECT round(line(2, 3.0))::int AS p')).toEqual([{ p: 7 }]);
    lab.services.requests.reset();
    const rows = await ask(
      "SELECT metric, value FROM aws_ml.evaluate('line', 'SELECT * FROM customer WHERE id > 500')",
    );
    const metrics = Object.fromEntries(rows.map(({ metric, value }) => [metric, value]));
    expect(metrics.rows).toBe(100);
    expect(metrics.R2).toBeGreaterThan(0.99);
    expect(lab.services.requests.total()).toBe(1);
  });
});

describe('KMEANS', () => {
  it('numbers groups', async () => {
    await create('groups', 'calls, minutes', "AUTO OFF MODEL_TYPE KMEANS HYPERPARAMETERS DEFAULT EXCEPT (K '3')");
    expect(await untilTrained(lab.trainer, 'groups')).toMatchObject({ 'Model State': 'READY', k: '3' });
    expect(await plan('SELECT groups(calls, minutes) FROM customer')).toMatch(/Function Scan on groups/);
    const rows = await ask('SELECT DISTINCT groups(calls, minutes) AS g FROM customer ORDER BY g');
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.every(({ g }) => [0, 1, 2].includes(g))).toBe(true);
  });
});

describe('AUTO ON', () => {
  it('predicts numbers', async () => {
    await create('amount', 'calls, minutes, spent', "TARGET spent PROBLEM_TYPE REGRESSION OBJECTIVE 'MSE' AUTO ON");
    expect(await untilTrained(lab.trainer, 'amount')).toMatchObject({
      'Model State': 'READY',
      'validation:mse': expect.anything(),
    });
    expect(await plan('SELECT amount(calls, minutes) FROM customer')).toMatch(/Function Scan on amount/);
    const [{ off }] = await ask('SELECT avg(abs(amount(calls, minutes) - spent)) AS off FROM customer');
    expect(off).toBeLessThan(1.5);
    await expect(ask('SELECT amount_probabilities(1, 2)')).rejects.toMatchObject({ code: '42883' });
  });

  it('is evaluated by labels', async () => {
    await create('active_auto', 'calls, minutes, id, active', 'TARGET active AUTO ON');
    expect(await untilTrained(lab.trainer, 'active_auto')).toMatchObject({ 'Model State': 'READY' });
    expect(await plan('SELECT active_auto(calls, minutes, id) FROM customer')).toMatch(/Function Scan on active_auto/);
    const rows = await ask(
      "SELECT metric, actual, predicted, value FROM aws_ml.evaluate('active_auto', 'SELECT * FROM customer WHERE id <= 200')",
    );
    const value = (metric: string) => rows.find((row) => row.metric === metric)?.value;
    expect(value('rows')).toBe(200);
    expect(value('Accuracy')).toBeGreaterThan(0.5);
    const confusion = rows.filter(({ metric }) => metric === 'confusion');
    expect(confusion.reduce((sum, row) => sum + row.value, 0)).toBe(200);
  });
});

describe('views', () => {
  it('are found without their schema', async () => {
    const rows = await ask(
      "SELECT model_name, model_state FROM svv_ml_model_info WHERE schema_name = 'public' ORDER BY 1 LIMIT 1",
    );
    expect(rows).toEqual([{ model_name: 'active_auto', model_state: 'Model is Ready' }]);
    expect(await ask('SELECT * FROM stv_ml_model_info')).not.toEqual([]);
    expect(await ask('SELECT * FROM svv_ml_model_privileges')).not.toEqual([]);
  });
});

describe('a model of Bedrock', () => {
  it('is asked through Converse, a request for each text', async () => {
    await lab.trainer.query(`CREATE EXTERNAL MODEL shorten FUNCTION shorten IAM_ROLE default MODEL_TYPE BEDROCK
      SETTINGS (MODEL_ID 'anthropic.claude-3-haiku-20240307-v1:0', PROMPT 'Shorten:', SUFFIX 'Thanks.')`);
    lab.services.requests.reset();
    const rows = await ask(
      `SELECT shorten(t) AS s, shorten(t, '{"maxTokens": 5}') AS m FROM (VALUES ('a'), ('b'), ('a'), (NULL)) AS v (t)`,
    );
    expect(rows.map(({ s }) => typeof s)).toEqual(['string', 'string', 'string', 'object']);
    expect(lab.services.requests.total()).toBe(4);
  });

  it('is asked as it is, with a RAW request', async () => {
    await lab.trainer.query(`CREATE EXTERNAL MODEL raw FUNCTION ask_raw IAM_ROLE default MODEL_TYPE BEDROCK
      SETTINGS (MODEL_ID 'amazon.titan-text-express-v1', REQUEST_TYPE RAW, RESPONSE_TYPE SUPER)`);
    const [{ answer }] = await ask(`SELECT ask_raw('{"inputText": "Hello"}') AS answer`);
    expect(answer).toHaveProperty('results');
    await lab.trainer.query('DROP MODEL raw');
    await expect(ask(`SELECT ask_raw('{}')`)).rejects.toMatchObject({ code: '42883' });
  });
});
