import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCacheTable, tableName } from '../../src/cache/cache-table-sql.js';
import type { CacheOptions, Pool, PoolConfig } from '../../src/index.js';
import { buildCli } from '../cli/run-cli.js';
import { readDocument, root } from '../docs/markdown.js';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
const cache: CacheOptions = { table: true, ttlMs: 600_000 };

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  for (const sql of createCacheTable(tableName(true))) await lab.pool.query(sql);
  await lab.pool.query(`
    CREATE TABLE note (id int PRIMARY KEY, body text, mood text);
    INSERT INTO note SELECT i, 'secret text ' || i FROM generate_series(1, 60) i;
    CREATE FUNCTION mood_in(x text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(x, 'en')).sentiment; END $$;
    CREATE PROCEDURE label(upto int) LANGUAGE plpgsql AS $$
    DECLARE n record;
    BEGIN
      FOR n IN SELECT * FROM note WHERE id <= upto LOOP
        UPDATE note SET mood = (aws_comprehend.detect_sentiment(n.body, 'en')).sentiment WHERE id = n.id;
        COMMIT;
      END LOOP;
    END $$;`);
});
afterAll(() => lab.close());

const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);
beforeEach(async () => {
  await lab.admin.query('TRUNCATE _aws_ml.result_cache');
  lab.services.requests.reset();
  warnings.length = 0;
  process.on('warning', onWarning);
});
afterEach(() => {
  process.off('warning', onWarning);
});

const open = (config: PoolConfig = {}, options = cache): Pool =>
  lab.openPool({ ...config, awsMl: { ...config.awsMl, cache: options } });
const select = (where: string) =>
  `SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM note WHERE ${where} ORDER BY id`;
const requests = () => lab.services.requests.total();
const written = async (pool: Pool, count: number) =>
  expect.poll(() => pool.awsMl.cacheTable()?.written).toBeGreaterThanOrEqual(count);
const count = async (sql = 'SELECT count(*)::int AS n FROM _aws_ml.result_cache') =>
  (await lab.admin.query(sql)).rows[0].n;

describe('a cache in a table', () => {
  test('answers another pool, and only what it lacks is sent', async () => {
    const first = open();
    const { rows } = await first.query(select('id <= 30'));
    expect(requests()).toBe(2);
    await written(first, 30);
    const second = open();
    expect((await second.query(select('id <= 30'))).rows).toEqual(rows);
    expect(requests()).toBe(2);
    // 30 more are two batches.
    await second.query(select('true'));
    expect(requests()).toBe(4);
    expect(second.awsMl.stats()).toMatchObject([{ inputs: 90, cachedInputs: 60, sentInputs: 30, requests: 2 }]);
    expect(second.awsMl.cacheTable()).toMatchObject({ lookedUp: 90, found: 60, failures: 0, dropped: 0 });
  });

  test('has what a statement has answered by the time the next one asks', async () => {
    const pool = open();
    for (let run = 0; run < 5; run++) await pool.query(select('id <= 30'));
    expect(requests()).toBe(2);
  });

  test('answers another process, and is written before a process ends', async () => {
    await buildCli();
    const file = join(root, 'packages/pg-aws-ml/dist/cache-table-test.mjs');
    const config = { connectionString: lab.database.connectionString, awsMl: { cache } };
    await writeFile(
      file,
      `import { Pool } from 'pg-aws-ml';
       const pool = new Pool(${JSON.stringify(config)});
       await pool.query(${JSON.stringify(select('true'))});
       await pool.end();`,
    );
    try {
      const env = { ...process.env, ...lab.services.environment };
      await promisify(execFile)(process.execPath, [file], { env });
      expect([requests(), await count()]).toEqual([3, 60]);
      await promisify(execFile)(process.execPath, [file], { env });
      expect(requests()).toBe(3);
    } finally {
      await rm(file);
    }
  });

  test('answers thousands of inputs', async () => {
    await lab.admin.query('CREATE TABLE big AS SELECT i AS id FROM generate_series(1, 5000) i');
    const pool = open();
    const sql = "SELECT sum(aws_sagemaker.invoke_endpoint('double', 100, id)::int) AS s FROM big";
    expect((await pool.query(sql)).rows).toEqual([{ s: '25005000' }]);
    expect(requests()).toBe(50);
    await written(pool, 5000);
    const second = open();
    expect((await second.query(sql)).rows).toEqual([{ s: '25005000' }]);
    expect(requests()).toBe(50);
    expect(second.awsMl.cacheTable()).toMatchObject({ lookedUp: 5000, found: 5000, dropped: 0 });
  });

  test.each([
    ['an UPDATE', "UPDATE note SET mood = (aws_comprehend.detect_sentiment(body, 'en')).sentiment WHERE id <= 30"],
    ['PL/pgSQL', 'SELECT mood_in(body) FROM note WHERE id <= 30'],
    ['a procedure that commits', 'CALL label(30)'],
    [
      'a LIMIT that a call decides',
      `${select("(aws_comprehend.detect_sentiment(body, 'en')).confidence >= 0")} LIMIT 5`,
    ],
    ['a set operation', `(${select('id <= 10')}) UNION ALL (${select('id > 50')})`],
  ])('answers %s', async (_, sql) => {
    const pool = open();
    await pool.query(select('true'));
    const before = requests();
    await pool.query(sql);
    expect(requests()).toBe(before);
  });

  test('answers row mode, one look-up a row', async () => {
    const client = await open({ max: 1 }).connect();
    await client.query(select('id <= 3'));
    await client.query('SET apg_enable_function_migration = off');
    await client.query(select('id <= 4'));
    client.release();
    expect(requests()).toBe(2);
  });

  test('shows in EXPLAIN ANALYZE', async () => {
    const pool = open();
    await pool.query(select('id <= 10'));
    const { rows } = await pool.query(`EXPLAIN ANALYZE ${select('id <= 15')}`);
    expect(rows.map((row) => row['QUERY PLAN'].trim())).toContain(
      'Cached Inputs: 10  Shared Inputs: 0  Sent Inputs: 5',
    );
  });

  test('keeps results for as long as it is told', async () => {
    const pool = open({}, { table: true, ttlMs: 4_000 });
    await pool.query(select('id = 1'));
    await pool.query(select('id = 1'));
    expect(requests()).toBe(1);
    await sleep(4_100);
    await pool.query(select('id = 1'));
    await written(pool, 2);
    expect(requests()).toBe(2);
    await pool.query(select('id = 1'));
    expect([requests(), await count()]).toEqual([2, 1]);
  });

  test('removes what has expired', async () => {
    await lab.admin.query(`INSERT INTO _aws_ml.result_cache
      SELECT sha256(i::text::bytea), 'f', 't', '[]', now() - interval '1 s' FROM generate_series(1, 100) i`);
    const pool = open();
    await pool.query(select('id <= 2'));
    await expect.poll(() => count()).toBe(2);
  });

  test('keeps what a ROLLBACK undoes', async () => {
    const pool = open();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(select('id <= 5'));
    await client.query('ROLLBACK');
    client.release();
    await written(pool, 5);
    expect(await count()).toBe(5);
  });

  test('lets many write the same at the same time', async () => {
    const pools = Array.from({ length: 6 }, () => open({ max: 2 }));
    await Promise.all(pools.flatMap((pool) => [pool.query(select('id % 2 = 0')), pool.query(select('id > 20'))]));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(await count()).toBe(50);
    expect(pools.map((pool) => pool.awsMl.cacheTable()?.failures)).toEqual(pools.map(() => 0));
  });

  test('holds no inputs, and names what to remove when a model changes', async () => {
    const pool = open();
    await pool.query(select('id <= 2'));
    await pool.query("SELECT aws_sagemaker.invoke_endpoint('double', NULL, 21)");
    await written(pool, 3);
    const { rows } = await lab.admin.query('SELECT * FROM _aws_ml.result_cache ORDER BY target, result::text');
    expect(JSON.stringify(rows)).not.toContain('secret');
    expect(rows.map(({ function: name, target, key }) => [name, target, key.length])).toEqual([
      ['aws_sagemaker.invoke_endpoint', 'double', 32],
      ['aws_comprehend.detect_sentiment', 'en', 32],
      ['aws_comprehend.detect_sentiment', 'en', 32],
    ]);
    expect(rows[0].result).toEqual(['42']);
  });

  test('keeps nothing of models that may answer differently, and no failures', async () => {
    const model = `SELECT aws_bedrock.invoke_model('amazon.titan-text-express-v1', 'application/json', NULL, '{"inputText":"x"}')`;
    const pool = open({ awsMl: { onError: 'null' } });
    await pool.query(model);
    await pool.query("SELECT aws_sagemaker.invoke_endpoint('nowhere', NULL, 1)");
    await pool.end();
    expect(await count()).toBe(0);
  });

  test('keeps regions and services apart', async () => {
    const pool = open();
    await pool.query(select('id = 1'));
    await pool.end();
    await open({ awsMl: { region: 'eu-central-1' } }).query(select('id = 1'));
    expect(requests()).toBe(2);
  });

  test('takes no result that has another shape', async () => {
    const pool = open();
    await pool.query(select('id = 1'));
    await pool.end();
    await lab.admin.query(`UPDATE _aws_ml.result_cache SET result = '["x", {"y": 1}, 3]'`);
    await open().query(select('id = 1'));
    expect(requests()).toBe(2);
  });

  test('stands behind a cache in memory', async () => {
    const pool = open({}, { ...cache, maxBytes: 100_000 });
    await pool.query(select('id <= 5'));
    await pool.query(select('id <= 5'));
    expect(requests()).toBe(1);
    expect(pool.awsMl.cacheTable()).toMatchObject({ lookedUp: 5 });
  });

  test('is made as the documentation says', async () => {
    const page = await readDocument('docs/configuration.md');
    for (const sql of createCacheTable(tableName(true))) expect(page).toContain(sql.replaceAll('"', ''));
  });

  test('may have another name', async () => {
    const options = { ...cache, table: 'public."Other cache"' };
    for (const sql of createCacheTable(tableName(options.table))) await lab.admin.query(sql);
    const pool = open({}, options);
    await pool.query(select('id <= 5'));
    await pool.end();
    expect(await count('SELECT count(*)::int AS n FROM public."Other cache"')).toBe(5);
  });
});

describe('a cache that does not work', () => {
  test('is said once, and statements go on', async () => {
    const logged: unknown[] = [];
    const warn = (...entry: unknown[]) => void logged.push(entry);
    const logger = { debug: () => {}, info: () => {}, warn, error: () => {} };
    const pool = open({ awsMl: { logger } }, { ...cache, table: 'public.missing' });
    for (let run = 0; run < 3; run++) expect((await pool.query(select('id <= 5'))).rows).toHaveLength(5);
    expect(requests()).toBe(3);
    expect(warnings.map(({ name, message }) => [name, message])).toEqual([
      [
        'AwsMlCacheWarning',
        'the cache "public"."missing" cannot be read (42P01): relation "public.missing" does not exist; statements go on without it',
      ],
      [
        'AwsMlCacheWarning',
        'the cache "public"."missing" cannot be written (42P01): relation "public.missing" does not exist; statements go on without it',
      ],
    ]);
    expect(pool.awsMl.cacheTable()).toMatchObject({ lookedUp: 5, failures: 2, dropped: 15 });
    const fields = { table: '"public"."missing"', code: '42P01' };
    expect(logged).toEqual([
      ['cache cannot be read', fields],
      ['cache cannot be written', fields],
    ]);
  });

  test('is tried again after a while', async () => {
    const pool = open({}, { ...cache, table: 'public.late' });
    await pool.query(select('id <= 5'));
    await expect.poll(() => pool.awsMl.cacheTable()?.failures).toBe(2);
    for (const sql of createCacheTable(tableName('public.late'))) await lab.admin.query(sql);
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    try {
      await pool.query(select('id <= 5'));
      await pool.query(select('id <= 5'));
    } finally {
      now.mockRestore();
    }
    expect(requests()).toBe(2);
  });

  describe('for a role', () => {
    const role = async (name: string, statements: readonly string[]) => {
      await lab.admin.query(`DROP ROLE IF EXISTS ${name}`);
      await lab.admin
        .query(`CREATE ROLE ${name} LOGIN PASSWORD 'x' IN ROLE aws_ml`)
        .catch(() => lab.admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`));
      await lab.admin.query(`GRANT SELECT ON note TO ${name}`);
      await lab.admin.query(`GRANT USAGE ON SCHEMA aws_comprehend TO ${name}`);
      await lab.admin.query(`GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO ${name}`);
      for (const sql of statements) await lab.admin.query(sql);
      const url = new URL(lab.database.connectionString);
      url.username = name;
      url.password = 'x';
      return open({ connectionString: url.href });
    };
    afterEach(async () => {
      for (const name of ['stranger', 'reader', 'careful']) {
        await lab.admin.query(`DROP OWNED BY ${name}`).catch(() => {});
      }
    });

    test('without privileges says so', async () => {
      const pool = await role('stranger', []);
      await pool.query(select('id <= 5'));
      await pool.end();
      expect(requests()).toBe(1);
      expect(warnings[0]?.message).toContain('(42501): permission denied for table result_cache');
      expect(await count()).toBe(0);
    });

    test('that may only read, reads', async () => {
      const filled = open();
      await filled.query(select('id <= 5'));
      await filled.end();
      const pool = await role('reader', ['GRANT SELECT ON _aws_ml.result_cache TO reader']);
      await pool.query(select('id <= 6'));
      await pool.query(select('id <= 5'));
      await pool.end();
      expect(requests()).toBe(2);
      expect(await count()).toBe(5);
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('cannot be written (42501)')]);
    });

    test('whose transactions are read-only, reads and is silent', async () => {
      const pool = await role('careful', [
        'GRANT SELECT, INSERT, UPDATE, DELETE ON _aws_ml.result_cache TO careful',
        'ALTER ROLE careful SET default_transaction_read_only = on',
      ]);
      await pool.query(select('id <= 5'));
      await pool.end();
      expect([await count(), warnings]).toEqual([0, []]);
    });
  });

  test('holds up no statement for long while the table is locked', async () => {
    const locker = await lab.admin.connect();
    const pool = open();
    try {
      await locker.query('BEGIN; LOCK TABLE _aws_ml.result_cache');
      const began = performance.now();
      await pool.query(select('id <= 5'));
      expect(performance.now() - began).toBeLessThan(60_000);
      await pool.query(select('id <= 5'));
      expect(requests()).toBe(2);
      expect(warnings[0]?.message).toContain('cannot be read (55P03)');
    } finally {
      await locker.query('ROLLBACK');
      locker.release();
      // What it writes now would answer the next test.
      await pool.end();
    }
  });

  test('survives the loss of its connection', async () => {
    const pool = open();
    await pool.query(select('id <= 5'));
    await written(pool, 5);
    await lab.admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg-aws-ml' AND datname = current_database()",
    );
    await sleep(100);
    await pool.query(select('id <= 5'));
    expect(requests()).toBe(1);
  });

  test.each([
    [{ ttlMs: 0, table: true as const }, 'ttlMs'],
    [{ ttlMs: 10 }, 'maxBytes, table or both'],
    [{ ttlMs: 10, table: 'unqualified' }, 'the name of a table with its schema'],
    [{ ttlMs: 10, table: 'a.b; DROP TABLE note' }, 'with its schema'],
  ])('is refused at once where the options are wrong: %o', (options, message) => {
    expect(() => open({}, options)).toThrow(message);
  });
});
