import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import pgAwsMl from 'pg-aws-ml';
import { createDatabase, type DatabaseAddress } from 'throwaway-postgres';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { reviewsSchema } from './reviews.js';

/** One of the two things to compare: a module in the shape of pg, and a database of its own with the reviews. */
export interface Side {
  readonly pg: typeof pg;
  readonly database: DatabaseAddress;
  /** A pool on the database; ended with the lab unless the program ends it. */
  openPool(config?: pg.PoolConfig): pg.Pool;
}

/** A program for any of the two sides: returns what it has observed. */
export type Program = (side: Side) => Promise<unknown>;

export interface Lab {
  readonly plain: Side;
  readonly awsMl: Side;
  readonly services: LocalServices;
  /** Runs a program without ML calls over both sides and expects them to see the same. */
  compare(program: Program): Promise<void>;
}

/**
 * Two databases alike, one for pg and one, with the extension, for pg-aws-ml; and local services. The programs name the
 * services nowhere: the AWS SDK finds them by the environment.
 */
export function useLab(): Lab {
  let plain: Side;
  let awsMl: Side;
  let services: LocalServices;
  const pools: pg.Pool[] = [];

  beforeAll(async () => {
    services = await startLocalServices();
    Object.assign(process.env, services.environment);
    plain = await openSide(pg, pools);
    awsMl = await openSide(pgAwsMl as unknown as typeof pg, pools);
    await awsMl.openPool().query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => (pool.ending ? undefined : pool.end())));
    await services?.close();
  });

  return {
    get plain() {
      return plain;
    },
    get awsMl() {
      return awsMl;
    },
    get services() {
      return services;
    },
    compare: async (program) => {
      const expected = await program(plain);
      expect(expected).toBeDefined();
      expect(await program(awsMl)).toEqual(expected);
    },
  };
}

async function openSide(module: typeof pg, pools: pg.Pool[]): Promise<Side> {
  const database = await createDatabase(inject('postgres'));
  const openPool = (config: pg.PoolConfig = {}): pg.Pool => {
    const pool = new module.Pool({ connectionString: database.connectionString, ...config });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  await openPool().query(reviewsSchema);
  return { pg: module, database, openPool };
}

/** What a program sees of an error: its class and pg's fields, without what names our files. */
export async function errorOf(doing: PromiseLike<unknown>): Promise<Record<string, unknown>> {
  try {
    await doing;
  } catch (error) {
    return errorFields(error as Error & { cause?: unknown });
  }
  throw new Error('expected an error');
}

const PG_FIELDS = [
  'code',
  'severity',
  'detail',
  'hint',
  'position',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
];

function errorFields(error: Error & { cause?: unknown }): Record<string, unknown> {
  const fields = Object.fromEntries(
    PG_FIELDS.map((name) => [name, (error as unknown as Record<string, unknown>)[name]]),
  );
  const { cause } = error;
  return {
    class: error.constructor.name,
    name: error.name,
    message: error.message,
    ...fields,
    ...(cause instanceof Error ? { cause: errorFields(cause) } : {}),
  };
}
