import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  baseUrl,
  ConfigurationError,
  checkOptions,
  functionOf,
  numberFrom,
  oneOf,
  positiveNumber,
  regionName,
  text,
  wholeNumber,
} from '../src/index.js';

const limits = v.strictObject({ comprehend: v.optional(wholeNumber(1)), bedrock: v.optional(wholeNumber(1)) });
const schema = v.strictObject({
  region: v.optional(regionName()),
  credentials: v.optional(v.strictObject({ accessKeyId: text() })),
  endpoints: v.optional(v.strictObject({ comprehend: v.optional(baseUrl()) }, 'an object of base URLs')),
  maxConcurrency: v.optional(v.lazy((input) => (typeof input === 'object' ? limits : wholeNumber(1)))),
  budget: v.optional(
    v.strictObject({ maxRequests: v.optional(wholeNumber(0)), maxCostUsd: v.optional(numberFrom(0)) }),
  ),
  prices: v.optional(v.record(v.string(), v.strictObject({ usdPerInput: v.optional(numberFrom(0)) }))),
  cache: v.optional(v.strictObject({ ttlMs: positiveNumber(), services: v.optional(v.array(oneOf('a', 'b'))) })),
  onError: v.optional(oneOf('fail', 'null')),
  hook: v.optional(functionOf<() => void>()),
});

function problemsOf(options: unknown): readonly string[] {
  try {
    checkOptions(schema, options, 'awsMl');
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
  return [];
}

describe('what is wrong with options', () => {
  it.each([
    [{ regoin: 'x' }, 'awsMl.regoin is not an option. Did you mean region?'],
    [{ budget: { maxRequest: 1 } }, 'awsMl.budget.maxRequest is not an option. Did you mean maxRequests?'],
    [{ budget: { max_cost_usd: 1 } }, 'awsMl.budget.max_cost_usd is not an option. Did you mean maxCostUsd?'],
    [{ budget: { tokens: 1 } }, 'awsMl.budget.tokens is not an option. Known here: maxRequests, maxCostUsd.'],
    [{ prices: { 'a.b': { usd: 1 } } }, 'awsMl.prices["a.b"].usd is not an option. Known here: usdPerInput.'],
    [{ maxConcurrency: { bedrok: 1 } }, 'awsMl.maxConcurrency.bedrok is not an option. Did you mean bedrock?'],
    [{ cache: {} }, 'awsMl.cache.ttlMs is missing.'],
    [{ budget: { maxRequests: -1 } }, 'awsMl.budget.maxRequests must be a whole number of at least 0, but is -1.'],
    [{ budget: { maxRequests: 1.5 } }, 'awsMl.budget.maxRequests must be a whole number of at least 0, but is 1.5.'],
    [{ budget: { maxRequests: '1' } }, 'awsMl.budget.maxRequests must be a whole number of at least 0, but is "1".'],
    [{ budget: { maxRequests: 1n } }, 'awsMl.budget.maxRequests must be a whole number of at least 0, but is 1n.'],
    [{ budget: { maxCostUsd: Number.NaN } }, 'awsMl.budget.maxCostUsd must be a number of at least 0, but is NaN.'],
    [{ budget: { maxCostUsd: Infinity } }, 'awsMl.budget.maxCostUsd must be a number of at least 0, but is Infinity.'],
    [{ budget: 1 }, 'awsMl.budget must be an object with maxRequests or maxCostUsd, but is 1.'],
    [{ budget: null }, 'awsMl.budget must be an object with maxRequests or maxCostUsd, but is null.'],
    [{ maxConcurrency: 0 }, 'awsMl.maxConcurrency must be a whole number of at least 1, but is 0.'],
    [{ cache: { ttlMs: 0 } }, 'awsMl.cache.ttlMs must be a number above 0, but is 0.'],
    [{ onError: 'nul' }, 'awsMl.onError must be "fail" or "null", but is "nul". Did you mean "null"?'],
    [{ onError: null }, 'awsMl.onError must be "fail" or "null", but is null.'],
    [
      { cache: { ttlMs: 1, services: ['c'] } },
      'awsMl.cache.services[0] must be "a" or "b", but is "c". Did you mean "a"?',
    ],
    [
      { region: 'us_east_1' },
      'awsMl.region must be the name of an AWS region, such as "eu-central-1", but is "us_east_1". Did you mean "us-east-1"?',
    ],
    [{ region: '' }, 'awsMl.region must be the name of an AWS region, such as "eu-central-1", but is an empty string.'],
    [{ endpoints: 'localhost:4566' }, 'awsMl.endpoints must be an object of base URLs, but is "localhost:4566".'],
    [
      { endpoints: { comprehend: 'localhost:4566' } },
      'awsMl.endpoints.comprehend must be a URL with its scheme, such as "http://localhost:4566", but is "localhost:4566". Did you mean "http://localhost:4566"?',
    ],
    [{ hook: 'f' }, 'awsMl.hook must be a function, but is "f".'],
    [
      'eu-central-1',
      expect.stringMatching(/^awsMl must be an object with region, .* or hook, but is "eu-central-1"\.$/),
    ],
    [null, expect.stringMatching(/^awsMl must be an object with .*, but is null\.$/)],
  ])('%#', (options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  it('is named all at once', () => {
    expect(problemsOf({ region: 1, budget: { maxRequests: -1 }, onErr: 'fail' })).toHaveLength(3);
  });

  it('is an error with a code', () => {
    const check = () => checkOptions(schema, { region: 1 }, 'awsMl');
    expect(check).toThrow(ConfigurationError);
    expect(check).toThrow(TypeError);
    expect(check).toThrow(expect.objectContaining({ name: 'ConfigurationError', code: 'CONFIGURATION' }));
  });

  it.each([
    [{ credentials: { accessKeyId: 'SECRET', secretAccessKey: 'SECRET' } }],
    [{ credentials: 'SECRET' }],
    [{ endpoints: { comprehend: 'user:SECRET@localhost' } }],
    [{ region: `SECRET${'x'.repeat(100)}` }],
  ])('shows no secret: %#', (options) => {
    const [problem] = problemsOf(options);
    expect(problem).toMatch(/^awsMl\./);
    expect(problem).not.toContain('SECRET');
  });

  it('takes a time that does not grow with what was written', () => {
    expect(problemsOf({ ['x'.repeat(1_000_000)]: 1 })).toHaveLength(1);
  });
});

describe('what is right', () => {
  it.each([
    [{}],
    [{ region: undefined, budget: undefined }],
    [{ maxConcurrency: 3 }],
    [{ maxConcurrency: { bedrock: 3 } }],
    [{ endpoints: { comprehend: 'https://example.com/path' }, region: 'us-gov-west-1' }],
  ])('%j', (options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  it('includes what no string names', () => {
    expect(problemsOf({ [Symbol('ours')]: 1 })).toEqual([]);
  });
});
