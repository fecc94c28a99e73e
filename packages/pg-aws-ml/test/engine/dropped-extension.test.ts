import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
});
afterAll(() => app.end());

it('is noticed when somebody else drops the extension, and again when it is back', async () => {
  const call = `SELECT ${mood(`'bad'`)}`;
  expect(await app.rows(call)).toEqual([['NEGATIVE']]);
  expect(await app.rows(call)).toEqual([['NEGATIVE']]);
  const other = new pg.Client({ ...app.database });
  await other.connect();
  await other.query('DROP SCHEMA aws_comprehend, aws_sagemaker, aws_bedrock, aws_commons, _aws_ml CASCADE');
  await other.end();
  expect(await app.rows('SELECT 1 AS detect_sentiment')).toEqual([[1]]);
  await expect(app.rows(call)).rejects.toMatchObject({
    code: '3F000',
    message: 'schema "aws_comprehend" does not exist',
  });
  await app.pool.query('CREATE EXTENSION aws_ml CASCADE');
  expect(await app.rows(call)).toEqual([['NEGATIVE']]);
});
