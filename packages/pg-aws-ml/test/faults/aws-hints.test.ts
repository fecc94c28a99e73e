import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAwsMlError, Pool } from '../../src/index.js';
import { type Application, startApplication } from '../replay/application.js';
import { createTestDatabase } from '../support/postgres.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication({
    awsMl: { maxAttempts: 1 },
    services: {
      models: {
        'anthropic.claude-3-5-sonnet-20241022-v2:0': { refuses: 'on-demand' },
        'amazon.nova-pro-v1:0': { refuses: 'access' },
        'amazon.titan-embed-text-v2:0': { refuses: 'tokens' },
        'anthropic.claude-v2': { refuses: 'end-of-life' },
        'my.nested-v1': { respond: () => ({ embeddings: { float: [[1, 2]] } }) },
        'my.named-v1': { respond: () => ({ Wörter: 1, vector: [1], 'what the customer said': 2 }) },
      },
    },
  });
});
afterAll(() => app.end());

async function failure(sql: string, pool: Pool = app.pool) {
  const error = await pool.query(sql).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isAwsMlError(error)) throw new Error(`not the error of a call: ${String(error)}`);
  const { message, detail, hint, awsMl } = error;
  return { message, detail: detail?.replace(/request id [\w-]+/, 'request id …'), hint, code: awsMl.code };
}

const model = (id: string, input = '{"inputText": "x"}') =>
  `SELECT aws_bedrock.invoke_model('${id}', 'application/json', 'application/json', '${input}')`;
const embedding = (id: string, key: string, input = '{"inputText": "x"}') =>
  `SELECT aws_bedrock.invoke_model_get_embeddings('${id}', 'application/json', '${key}', '${input}')`;
const claude =
  '{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}';

describe('what AWS says is told apart', () => {
  it('an unknown model id', async () => {
    expect(await failure(model('no.such-model'))).toEqual({
      code: 'MODEL_NOT_FOUND',
      message: 'aws_bedrock.invoke_model: Amazon Bedrock has no model "no.such-model"',
      detail: 'The region is us-east-1. AWS error ValidationException, HTTP status 400, request id ….',
      hint: 'Check the model ID, and that the region offers the model: aws bedrock list-foundation-models.',
    });
  });

  it('a model that is no longer served', async () => {
    expect(await failure(model('anthropic.claude-v2'))).toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('a model that needs an inference profile', async () => {
    const id = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
    expect(await failure(model(id, claude))).toEqual({
      code: 'INFERENCE_PROFILE_REQUIRED',
      message: `aws_bedrock.invoke_model: Amazon Bedrock runs model "${id}" only through an inference profile`,
      detail: 'AWS error ValidationException, HTTP status 400, request id ….',
      hint: expect.stringContaining('"us.anthropic.…"'),
    });
    expect((await app.rows(model(`us.${id}`, claude)))[0]?.[0]).toContain('"content"');
  });

  it('a model that the account has no access to', async () => {
    expect(await failure(model('amazon.nova-pro-v1:0'))).toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message:
        'aws_bedrock.invoke_model: the AWS account has no access to model "amazon.nova-pro-v1:0" of Amazon Bedrock',
      hint: 'Request access to the model in the Amazon Bedrock console, for this account and region.',
    });
  });

  it('an input that is too long', async () => {
    expect(await failure(embedding('amazon.titan-embed-text-v2:0', 'embedding'))).toMatchObject({
      code: 'TOO_MANY_TOKENS',
      detail: expect.stringContaining('The input has 9000 tokens, and the model accepts 8192.'),
    });
  });

  it('an input that is not JSON', async () => {
    expect(await failure(model('amazon.titan-embed-text-v1', 'SECRET'))).toEqual({
      code: 'INVALID_INPUT',
      message:
        'aws_bedrock.invoke_model: Amazon Bedrock does not accept the input for model "amazon.titan-embed-text-v1"',
      detail: 'model_input is not valid JSON. AWS error ValidationException, HTTP status 400, request id ….',
      hint: 'Build it with json_build_object(…)::text, which quotes what needs quoting.',
    });
  });

  it('an input that lacks a key', async () => {
    expect(await failure(model('amazon.titan-embed-text-v1', '{"text": "SECRET"}'))).toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringContaining('The model requires the key "inputText" in its input.'),
    });
  });

  it('a json_key that the answer does not have', async () => {
    expect(await failure(embedding('amazon.titan-embed-text-v1', 'embeding'))).toMatchObject({
      code: 'INVALID_RESPONSE',
      detail: expect.stringContaining(
        'The answer has no key "embeding"; its keys are "embedding", "inputTextTokenCount".',
      ),
      hint: 'Set json_key to the one that holds the embedding.',
    });
  });

  it('and shows no key that does not look like a name', async () => {
    const { detail } = await failure(embedding('my.named-v1', 'what the customer said next'));
    expect(detail).toContain('The answer does not have the key that json_key names; its only key is "vector".');
  });

  it('a list of embeddings', async () => {
    const input = '{"texts": ["x"], "input_type": "search_document"}';
    const cohere = await failure(embedding('cohere.embed-english-v3', 'embeddings', input));
    expect(cohere).toMatchObject({ code: 'INVALID_RESPONSE', hint: expect.stringContaining(`#> '{embeddings,0}'`) });
    const nested = await failure(embedding('my.nested-v1', 'embeddings'));
    expect(nested.hint).toContain(`#> '{embeddings,float,0}'`);
  });

  it.each([502, 503, 504] as const)('a proxy that answers HTML with status %i', async (status) => {
    app.services.setFaults({ comprehend: { gateway: { status } }, bedrock: { gateway: { status } } });
    const comprehend = await failure(`SELECT aws_comprehend.detect_sentiment('proxy ${status}', 'en')`);
    const bedrock = await failure(model('amazon.titan-embed-text-v1'));
    app.services.setFaults();
    for (const found of [comprehend, bedrock]) {
      expect(found).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        message: expect.stringContaining('is not available'),
      });
    }
  });

  it('a region that does not exist', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const pool = new Pool({ ...app.database, awsMl: { region: 'xx-nowhere-1', credentials, maxAttempts: 1 } });
    const found = await failure(`SELECT aws_comprehend.detect_sentiment('a', 'en')`, pool);
    await pool.end();
    expect(found).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('could not be reached') });
    expect(found.detail).toMatch(/comprehend\.xx-nowhere-1\.amazonaws\.com.*region xx-nowhere-1/);
  });
});

describe('what is refused before it is sent names its argument and call', () => {
  it.each([
    [
      `SELECT aws_comprehend.detect_sentiment(CASE n WHEN 3 THEN '' ELSE n::text END, 'en') FROM generate_series(1, 4) n`,
      'aws_comprehend.detect_sentiment: Amazon Comprehend does not accept the input for language "en"',
      'input_text of call 3 is empty. AWS error ValidationException.',
    ],
    [
      `SELECT aws_comprehend.detect_sentiment(repeat('é', n * 2000), 'en') FROM generate_series(1, 2) n`,
      'aws_comprehend.detect_sentiment: a text is longer than the 5,000 UTF-8 bytes that Amazon Comprehend accepts',
      'input_text of call 2 has 8000 bytes. AWS error TextSizeLimitExceededException.',
    ],
    [
      `SELECT aws_bedrock.invoke_model('amazon.titan-embed-text-v1', NULL, NULL, '')`,
      'aws_bedrock.invoke_model: Amazon Bedrock does not accept the input for model "amazon.titan-embed-text-v1"',
      'model_input of call 1 is empty. AWS error ValidationException.',
    ],
  ])('%s', async (sql, message, detail) => {
    expect(await failure(sql)).toMatchObject({ message, detail });
  });
});

describe('a database without the extension', () => {
  it('is told how to install it', async () => {
    const database = await createTestDatabase();
    const pool = new Pool({ ...database });
    const install =
      'Install the extension through this Pool: CREATE EXTENSION aws_ml CASCADE. Or run: npx pg-aws-ml install.';
    await expect(pool.query(`SELECT aws_comprehend.detect_sentiment('a', 'en')`)).rejects.toMatchObject({
      code: '3F000',
      hint: install,
    });
    await pool.query(`CREATE EXTENSION aws_ml VERSION '1.0' CASCADE`);
    await expect(pool.query(`SELECT aws_bedrock.invoke_model('m', NULL, NULL, '{}')`)).rejects.toMatchObject({
      code: '3F000',
      hint: `${install} Where version 1.0 is installed: ALTER EXTENSION aws_ml UPDATE TO '2.0'.`,
    });
    await expect(pool.query('SELECT other.f()')).rejects.toMatchObject({ code: '3F000', hint: undefined });
    await pool.end();
  });
});
