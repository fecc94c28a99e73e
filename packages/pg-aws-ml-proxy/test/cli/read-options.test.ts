import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../src/cli/read-options.js';

let directory: string;
let config: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'options-'));
  config = join(directory, 'proxy.json');
  await writeFile(
    config,
    JSON.stringify({ maxClients: 5, awsMl: { region: 'eu-west-1', budget: { maxRequests: 10, maxInputs: 100 } } }),
  );
});
afterAll(() => rm(directory, { recursive: true }));

describe('options', () => {
  it('of flags go before those of the environment, and these before the file', async () => {
    const options = await readOptions({ config, maxClients: '7' }, { PG_AWS_ML_MAX_CLIENTS: '6' });
    expect(options.maxClients).toBe(7);
    expect((await readOptions({ config }, { PG_AWS_ML_MAX_CLIENTS: '6' })).maxClients).toBe(6);
    expect((await readOptions({ config }, {})).maxClients).toBe(5);
  });

  it('of ML calls replace single values of the file, and leave the others', async () => {
    const { awsMl } = await readOptions({ config, budgetRequests: '3' }, { PG_AWS_ML_REGION: 'eu-central-1' });
    expect(awsMl).toEqual({ region: 'eu-central-1', budget: { maxRequests: 3, maxInputs: 100 } });
  });

  it('of ML calls make the structures they stand in', async () => {
    const flags = {
      cacheTtl: '5min',
      cacheSize: '16MB',
      cacheTable: 'true',
      statementBudgetCost: '0.5',
      onError: 'null',
    };
    expect((await readOptions(flags, {})).awsMl).toEqual({
      cache: { ttlMs: 300_000, maxBytes: 16 * 1024 * 1024, table: true },
      statementBudget: { maxCostUsd: 0.5 },
      onError: 'null',
    });
  });

  it.each([
    [{ budgetCost: '1e3' }, '--budget-cost must be a number of US dollars.'],
    [{ region: 'us_east_1' }, 'proxy.awsMl.region must be the name of an AWS region'],
    [{ onError: 'ignore' }, 'proxy.awsMl.onError must be'],
    [{ cacheTtl: '5min' }, 'proxy.awsMl.cache must have maxBytes, table or both'],
  ])('that are wrong are named: %j', async (flags, message) => {
    await expect(readOptions(flags, {})).rejects.toThrow(message);
  });
});
