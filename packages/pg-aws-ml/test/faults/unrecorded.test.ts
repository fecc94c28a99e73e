import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { createTestDatabase } from '../support/postgres.js';

let directory: string;
let services: LocalServices;
let pool: Pool;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unrecorded-'));
  const path = join(directory, 'answers.jsonl');
  await writeFile(path, '{"cassette":"aws-ml-local","version":1}\n');
  services = await startLocalServices({ cassette: { mode: 'replay', path } });
  const { url } = services;
  pool = new Pool({
    ...(await createTestDatabase()),
    awsMl: {
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoints: { comprehend: url, sagemaker: url, bedrock: url },
    },
  });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
});
afterAll(async () => {
  await pool.end();
  await services.close();
  await rm(directory, { recursive: true });
});

it.each([
  "SELECT aws_comprehend.detect_sentiment(t, 'en') FROM unnest(ARRAY['unheard of', 'nor this', 'nor that']) AS t",
  "SELECT aws_sagemaker.invoke_endpoint('total', NULL, t) FROM unnest(ARRAY['unheard of', 'nor this']) AS t",
  'SELECT aws_bedrock.invoke_model(\'anthropic.claude-v2\', NULL, NULL, \'{"prompt":"unheard of"}\')',
  "DO $$ BEGIN PERFORM aws_comprehend.detect_sentiment('unheard of', 'en'); END $$",
])('an answer that was not recorded is named by the hash of its input: %s', async (sql) => {
  const error = await pool.query(sql).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: '38000', awsMl: { code: 'INVALID_INPUT', retryable: false } });
  expect(error.detail).toMatch(/The cassette of aws-ml-local has no answer for the key [0-9a-f]{64}: record it\./);
  // PostgreSQL's own CONTEXT quotes the statement.
  expect(`${error.message} ${error.detail} ${error.hint}`).not.toContain('unheard of');
});
