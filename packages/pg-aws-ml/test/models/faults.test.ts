/** Whatever fails on a model's way: it ends ready, failed with the reason, or gone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import type { Lab } from '../support/lab.js';
import { bucket, inAws, openModelLab, untilTrained } from './model-lab.js';

let lab: Lab & { readonly trainer: Pool };

beforeAll(async () => {
  lab = await openModelLab();
});

afterAll(() => lab?.close());

const create = (name: string) => `CREATE MODEL ${name} FROM (SELECT calls, minutes, spent FROM customer) TARGET spent
  FUNCTION predict_${name} IAM_ROLE default AUTO OFF MODEL_TYPE LINEAR_LEARNER SETTINGS (S3_BUCKET '${bucket}')`;

const nothingLeft = async () => {
  expect(await inAws(lab.services)).toEqual([]);
  expect((await lab.admin.query('SELECT FROM _aws_ml.model')).rowCount).toBe(0);
  expect((await lab.admin.query("SELECT FROM pg_proc WHERE proname LIKE 'predict%'")).rowCount).toBe(0);
};

describe('what fails before the job has begun fails the statement, and leaves nothing', () => {
  it.each([
    ['S3 denies', { s3: { accessDenied: { operation: 'PutObject', first: 9 } } }, '58000'],
    [
      'SageMaker denies',
      { 'sagemaker-control': { accessDenied: { operation: 'CreateTrainingJob', first: 9 } } },
      '42501',
    ],
    ['a quota', { 'sagemaker-control': { limitExceeded: { operation: 'CreateTrainingJob', first: 9 } } }, '53400'],
  ])('%s', async (_, faults, code) => {
    lab.services.setFaults(faults);
    const error = await lab.trainer.query(create('m')).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) });
    lab.services.setFaults({});
    await nothingLeft();
  });

  it('no such bucket', async () => {
    const sql = create('m').replace(bucket, 'no-such-bucket');
    await expect(lab.trainer.query(sql)).rejects.toMatchObject({ code: '58P01' });
    await nothingLeft();
  });
});

describe('what fails later', () => {
  it.each([
    [
      'the job',
      { failAt: { stage: 'Training', reason: 'AlgorithmError: the numbers are odd' } },
      /the numbers are odd/,
    ],
    ['the endpoint', { failAt: { stage: 'Creating', reason: 'no memory' } }, /no memory/],
    [
      'SageMaker denies the endpoint',
      { accessDenied: { operation: 'CreateEndpoint', first: 9 } },
      /denied CreateEndpoint/,
    ],
  ])('%s', async (_, faults, reason) => {
    lab.services.setFaults({ 'sagemaker-control': faults });
    await lab.trainer.query(create('m'));
    const shown = await untilTrained(lab.trainer, 'm');
    expect(shown).toMatchObject({ 'Model State': 'FAILED', Error: expect.stringMatching(reason) });
    const error = await lab.trainer.query('SELECT predict_m(1, 2)').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: '55000', hint: expect.stringMatching(/DROP MODEL/) });
    lab.services.setFaults({});
    await lab.trainer.query('DROP MODEL m');
    await nothingLeft();
  });

  it('what passes is waited for', async () => {
    lab.services.setFaults({
      'sagemaker-control': { throttle: { first: 4 }, limitExceeded: { operation: 'CreateEndpoint', first: 1 } },
    });
    await lab.trainer.query(create('m'));
    expect(await untilTrained(lab.trainer, 'm')).toMatchObject({ 'Model State': 'READY' });
    lab.services.setFaults({ 'sagemaker-control': { throttle: { operation: 'DeleteEndpoint', first: 4 } } });
    await lab.trainer.query('DROP MODEL m');
    await expect
      .poll(() => lab.trainer.query('SHOW MODEL ALL').then(() => inAws(lab.services)), { timeout: 60_000 })
      .toEqual([]);
    await nothingLeft();
  });
});

describe('whoever is ended between what AWS does and what is written down is followed by another', () => {
  it.each(['exporting', 'exported', 'training', 'deploying'])('after %s', async (state) => {
    await lab.trainer.query(create('m'));
    await untilTrained(lab.trainer, 'm');
    await lab.admin.query('UPDATE _aws_ml.model SET state = $1', [state]);
    const another = lab.openPool({ awsMl: (lab.trainer as unknown as { options: { awsMl: object } }).options.awsMl });
    expect(await untilTrained(another, 'm')).toMatchObject({ 'Model State': 'READY' });
    expect((await another.query('SELECT round(predict_m(2, 3.0))::int AS p')).rows).toEqual([{ p: 7 }]);
    await another.query('DROP MODEL m');
    await nothingLeft();
  });

  it('while it was dropped', async () => {
    await lab.trainer.query(create('m'));
    const [row] = (await lab.admin.query('SELECT * FROM _aws_ml.model')).rows;
    await lab.trainer.query('DROP MODEL m');
    await lab.admin.query(
      `INSERT INTO _aws_ml.model (id, schema_name, model_name, owner, signature, spec, state) VALUES ($1, $2, $3, $4, $5, $6, 'dropping')`,
      [row.id, row.schema_name, row.model_name, row.owner, row.signature, row.spec],
    );
    // Another of the name may be created meanwhile.
    await lab.trainer.query(create('m'));
    expect(await untilTrained(lab.trainer, 'm')).toMatchObject({ 'Model State': 'READY' });
    await lab.trainer.query('SHOW MODEL ALL');
    await lab.trainer.query('DROP MODEL m');
    await nothingLeft();
  });
});

it('two sessions at once leave no orphan', async () => {
  const other = lab.openPool({ awsMl: (lab.trainer as unknown as { options: { awsMl: object } }).options.awsMl });
  const outcomes = await Promise.allSettled([lab.trainer.query(create('m')), other.query(create('m'))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await Promise.all([untilTrained(lab.trainer, 'm'), untilTrained(other, 'm')]);
  await Promise.allSettled([
    lab.trainer.query('DROP MODEL m'),
    other.query('DROP MODEL m'),
    other.query('SHOW MODEL m'),
    lab.trainer.query('SELECT predict_m(calls, minutes) FROM customer'),
    other.query('GRANT EXECUTE ON MODEL m TO PUBLIC'),
  ]);
  await expect
    .poll(() => lab.trainer.query('SHOW MODEL ALL').then(() => inAws(lab.services)), { timeout: 60_000 })
    .toEqual([]);
  await nothingLeft();
});
