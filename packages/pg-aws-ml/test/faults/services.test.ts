import type { ServiceFaults } from 'aws-ml-local';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Pool } from '../../src/index.js';
import type { Lab } from '../support/lab.js';
import { expectNothingLeft, failureOf, kinds, openFaultLab } from './fault-lab.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  lab = await openFaultLab();
  pool = lab.openPool({ max: 2, awsMl: { maxAttempts: 2 } as object });
});

beforeEach(() => lab.services.resetRequests());

afterAll(() => lab.close());

interface Fault {
  readonly faults: ServiceFaults;
  /** Whether it can happen to the endpoint, or to it alone. */
  readonly endpoint?: boolean;
  readonly inBlocks?: true;
}

const faults: Record<string, Fault> = {
  'throttling without end': { faults: { throttle: true } },
  'HTTP 500': { faults: { serverError: true } },
  'HTTP 503': { faults: { unavailable: true }, inBlocks: true },
  'a denied request': { faults: { accessDenied: true } },
  'connection resets': { faults: { reset: true } },
  'truncated bodies': { faults: { truncate: true } },
  'malformed bodies': { faults: { malformed: true }, endpoint: false },
  'per-document errors': {
    faults: { documentErrors: { matching: 'document 4', errorCode: 'INVALID_TEXT' } },
    endpoint: false,
    inBlocks: true,
  },
  'too few rows': { faults: { wrongRows: { delta: -1 } }, endpoint: true },
  'too many rows': { faults: { wrongRows: { delta: 1 } }, endpoint: true },
};

describe.each(Object.entries(faults))('%s', (_, fault) => {
  const affected = kinds.filter((k) => fault.endpoint === undefined || fault.endpoint === (k.endpoint ?? false));

  test.each(affected)('$name', async (kind) => {
    lab.services.setFaults({ comprehend: fault.faults, sagemaker: fault.faults });
    const client = await pool.connect();
    const error = await failureOf(kind.run(client)).finally(() => client.release());
    expect(error).toBeInstanceOf(pg.DatabaseError);
    expect(error.code).toMatch(/^38/);
    expect(error.severity).toBe('ERROR');
    await expectNothingLeft(lab, pool, kind);
  });

  if (fault.inBlocks !== true) return;
  test.each(affected.filter((k) => !k.commits))('$name within a block', async (kind) => {
    lab.services.setFaults({ comprehend: fault.faults, sagemaker: fault.faults });
    const client = await pool.connect();
    await client.query('BEGIN');
    const error = await failureOf(kind.run(client));
    expect(error.code).toMatch(/^38/);
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    client.release();
    await expectNothingLeft(lab, pool, kind);
  });
});
