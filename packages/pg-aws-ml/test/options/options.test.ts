import type pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { type AwsMlOptions, Client, ConfigurationError, Pool } from '../../src/index.js';
import { forcedWay } from '../../src/pool-state/forced-way.js';

function problemsOf(construct: () => unknown): readonly string[] {
  try {
    construct();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code: 'CONFIGURATION' });
    return (error as ConfigurationError).problems;
  }
  return [];
}

const wrong: readonly (readonly [options: unknown, problem: string])[] = [
  [{ budget: { maxRequest: 1 } }, 'awsMl.budget.maxRequest is not an option. Did you mean maxRequests?'],
  [
    { statementBudget: { maxInputs: -1 } },
    'awsMl.statementBudget.maxInputs must be a whole number of at least 0, but is -1.',
  ],
  [{ maxConcurency: 3 }, 'awsMl.maxConcurency is not an option. Did you mean maxConcurrency?'],
  [{ maxConcurrency: 2.5 }, 'awsMl.maxConcurrency must be a whole number of at least 1, but is 2.5.'],
  [
    { quotas: { comprehend: { requestsPerSecond: 0 } } },
    'awsMl.quotas.comprehend.requestsPerSecond must be a number above 0, but is 0.',
  ],
  [{ cache: { ttlMs: 1000 } }, 'awsMl.cache must have maxBytes, table or both.'],
  [
    { cache: { ttlMs: 1000, table: 'results' } },
    'awsMl.cache.table must be true or the name of a table with its schema, such as "app.ml_results", but is "results".',
  ],
  [
    { share: { 'aws_bedrock.invoke_modle': true } },
    'awsMl.share["aws_bedrock.invoke_modle"] must be "aws_comprehend.detect_sentiment", "aws_sagemaker.invoke_endpoint", "aws_bedrock.invoke_model" or "aws_bedrock.invoke_model_get_embeddings", but is "aws_bedrock.invoke_modle". Did you mean "aws_bedrock.invoke_model"?',
  ],
  [
    { prices: { 'aws_bedrock.invoke_modl': {} } },
    'awsMl.prices["aws_bedrock.invoke_modl"] is not an option. Did you mean aws_bedrock.invoke_model?',
  ],
  [
    { logger: console.log },
    'awsMl.logger must be an object with the methods debug, info, warn and error, but is a function.',
  ],
  [
    { credentials: { accessKeyId: undefined, secretAccessKey: 'SECRET' } },
    'awsMl.credentials must be an object whose accessKeyId and secretAccessKey are strings, or a function that provides one, but is an object.',
  ],
  [
    { endpoints: 'localhost:4566' },
    'awsMl.endpoints must be an object of base URLs, such as { comprehend: "http://localhost:4566" }, but is "localhost:4566".',
  ],
];

describe('options that cannot be meant as they are', () => {
  it.each(wrong)('%#: a Pool refuses them, and so does a Client', (options, problem) => {
    const config = { awsMl: options as AwsMlOptions };
    expect(problemsOf(() => new Pool(config))).toEqual([problem]);
    expect(problemsOf(() => new Client(config))).toEqual([problem]);
  });

  it('are named all at once', () => {
    const options = { region: 'us_east_1', budget: { maxRequest: 1 }, onError: 'nul' } as unknown as AwsMlOptions;
    expect(problemsOf(() => new Pool({ awsMl: options }))).toHaveLength(3);
  });
});

describe('options that are right', () => {
  it.each([
    [undefined],
    [{}],
    [{ region: undefined, onError: undefined, cache: undefined }],
    [{ credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }), logger: console }],
    [{ share: { 'my-endpoint': false, 'aws_sagemaker.invoke_endpoint': true } }],
    [{ prices: { 'aws_bedrock.invoke_model': { 'a.model-v1:0': { usdPerInput: 0.001 }, '*': { usdPerUnit: 0 } } } }],
    [{ maxConcurrency: { bedrock: 2 }, quotas: { sagemaker: { inputsPerSecond: 0.5 } }, maxAttempts: 1 }],
    [{ [forcedWay]: 'replay' } as AwsMlOptions],
  ])('%#: make a Pool', (awsMl) => {
    expect(problemsOf(() => new Pool({ awsMl }))).toEqual([]);
  });

  it('leave what is pg’s to pg', () => {
    const config = { max: 3, nonsense: 1 } as pg.PoolConfig;
    expect(new Pool(config).options).toMatchObject(config);
  });

  it('reach their users as the objects that they were', async () => {
    const credentials = vi.fn(async () => ({ accessKeyId: 'a', secretAccessKey: 's' }));
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const pool = new Pool({ awsMl: { region: 'us-east-1', credentials, logger } });
    expect(pool.options).toMatchObject({ awsMl: { logger: expect.toSatisfy((it) => it === logger) } });
    const { awsMl } = pool.options as { awsMl?: AwsMlOptions };
    expect(awsMl?.credentials).toBe(credentials);
    await pool.end();
  });
});
