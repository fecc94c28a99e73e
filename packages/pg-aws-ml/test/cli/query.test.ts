import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { buildCli, connectionEnvironment, type Environment, runCli, startCli } from './run-cli.js';

let services: LocalServices;
let environment: Environment;
let admin: pg.Pool;
let directory: string;
const query = (...args: string[]) => runCli(environment, ['query', ...args]);

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  services = await startLocalServices();
  environment = { ...connectionEnvironment(database), ...services.environment };
  admin = new pg.Pool(database);
  directory = await mkdtemp(join(tmpdir(), 'cli-query-'));
  const set = `CREATE EXTENSION aws_ml CASCADE;
    CREATE TABLE review AS SELECT i AS id, 'Great product number ' || i AS body FROM generate_series(1, 60) AS i;`;
  expect(await runCli(environment, ['query'], set)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await admin.end();
  await services.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => services.resetRequests());

describe('query', () => {
  it('prints an aligned table', async () => {
    const { code, stdout, stderr } = await query(
      "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, NULL AS nothing FROM review ORDER BY id LIMIT 2",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      ' id | sentiment | nothing ',
      '----+-----------+---------',
      '  1 | POSITIVE  | ',
      '  2 | POSITIVE  | ',
      '(2 rows)',
      '',
      '',
    ]);
  });

  it.skipIf(spawnSync('psql', ['--version']).error !== undefined)('prints what psql prints', async () => {
    const sql = [
      'SELECT 1 AS one, 2 AS b WHERE false',
      'SELECT',
      `CREATE TEMP TABLE t (i int, "two
lines" text); INSERT INTO t VALUES (1, E'a\\nbb\\n'), (20, E'tab\\there \\x1b[31m'), (NULL, '日本語'), (4, 'é');
        SELECT *, i::text AS "i", "two\nlines" AS again FROM t; DELETE FROM t WHERE i > 3 RETURNING i; UPDATE t SET i = 1`,
      `DO $$ BEGIN RAISE NOTICE 'said' USING HINT = 'twice'; END $$; CREATE VIEW v AS SELECT 1 AS a; DROP VIEW v`,
      'EXPLAIN (COSTS off) SELECT 1',
      ';',
      'COPY (SELECT 1, NULL UNION ALL SELECT 2, $$a$$) TO STDOUT',
    ];
    const commands = sql.flatMap((command) => ['-c', command]);
    const env = { ...process.env, ...environment };
    const { stdout, stderr } = await promisify(execFile)('psql', ['-X', ...commands], { env });
    expect(await query(...commands)).toEqual({ code: 0, stdout, stderr });
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli({}, ['-V'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect((await runCli({}, ['--version'])).stdout).toBe(`${version}\n`);
  });

  it('prints nothing for nothing', async () => {
    expect(await query('')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await query('-c', ' -- a comment')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('prints the tags that the server sends', async () => {
    const sql = 'CREATE TABLE tags (i int); INSERT INTO tags VALUES (1), (2); DELETE FROM tags';
    expect((await query(sql)).stdout).toBe('CREATE TABLE\nINSERT 0 2\nDELETE 2\n');
  });

  it('makes one transaction of an argument, and none of a file', async () => {
    const script = 'CREATE TABLE half (i int); SELECT 1/0';
    expect(await query('-c', script)).toMatchObject({ code: 3, stdout: 'CREATE TABLE\n' });
    expect((await query('--csv', "SELECT to_regclass('half') AS t")).stdout).toBe('t\n\n');
    expect(await runCli(environment, ['query'], script)).toMatchObject({ code: 3 });
    expect((await query('--csv', "SELECT to_regclass('half') AS t")).stdout).toBe('t\nhalf\n');
  });

  it('copies to standard output and from standard input', async () => {
    const [copied, read] = [
      await runCli(
        environment,
        ['query', '-c', 'CREATE TABLE notes (i int, t text)', '-c', 'COPY notes FROM STDIN'],
        '1\ta\n2\tb\n',
      ),
      await query('-c', 'COPY notes TO STDOUT (FORMAT csv)'),
    ];
    expect(copied).toEqual({ code: 0, stdout: 'CREATE TABLE\nCOPY 2\n', stderr: '' });
    expect(read).toEqual({ code: 0, stdout: '1,a\n2,b\n', stderr: '' });
    const ml = `COPY (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM review WHERE id < 3) TO STDOUT`;
    expect((await query('-c', ml)).stdout).toBe('POSITIVE\nPOSITIVE\n');
    expect(await runCli(environment, ['query', '-c', 'COPY notes FROM STDIN'], 'x\n')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('22P02'),
    });
    expect(await query('-c', 'SELECT 1; COPY notes TO STDOUT')).toMatchObject({ code: 1 });
  });

  it('says that what it prints cannot be written', async () => {
    const { code, stderr } = await runCli(environment, ['query', 'SELECT 1'], '', openSync('/dev/full', 'w'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^pg-aws-ml: cannot write to standard output: .*ENOSPC/),
    });
  });

  it('cancels its statement when it is interrupted, and says so', async () => {
    const child = startCli(environment, ['query', 'SELECT pg_sleep(600) AS interrupted']);
    const [stderr] = await Promise.all([
      text(child.stderr),
      (async () => {
        const sleeping = "SELECT FROM pg_stat_activity WHERE query LIKE '%AS interrupted%' AND wait_event = 'PgSleep'";
        await vi.waitUntil(async () => (await admin.query(sleeping)).rowCount === 1, { timeout: 60_000 });
        child.kill('SIGINT');
      })(),
      once(child, 'close'),
    ]);
    expect(stderr).toBe('Cancel request sent\nERROR:  57014: canceling statement due to user request\n');
    expect(child.exitCode).toBe(3);
  });

  it('writes CSV that tells NULL from the empty string', async () => {
    const { code, stdout } = await query('--csv', `SELECT 1 AS a, '' AS "e,mpty", NULL AS n, 'x,"y"' AS q, true AS t`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'a,"e,mpty",n,q,t\n1,"",,"x,""y""",t\n' });
  });

  it('writes all rows of a long result in CSV', async () => {
    const { stdout } = await query('--csv', 'SELECT i FROM generate_series(1, 1234) AS i');
    expect(stdout.split('\n').slice(-3)).toEqual(['1233', '1234', '']);
  });

  it('writes JSON without loss', async () => {
    const sql = `SELECT id, aws_comprehend.detect_sentiment(body, 'en'), 9007199254740993 AS big, 9007199254740991 AS fits,
              1.50 AS n15, 0.12345678901234567890 AS long, 'NaN'::float8 AS nan, '{0.1,2}'::float8[] AS a,
              '{9007199254740993,1}'::int8[] AS bigs, date '2026-01-31' AS d, timestamp '2026-01-31 12:00:00.5' AS ts,
              timestamptz '2026-01-31 12:00:00+05:30' AS tz, 'infinity'::timestamp AS inf, E'{"k":\\n 1}'::json AS j,
              '{"a b",NULL}'::text[] AS t, NULL AS n
       FROM review ORDER BY id LIMIT 1`;
    const expected = {
      id: 1,
      detect_sentiment: expect.stringMatching(/^\(POSITIVE,0\.\d+\)$/),
      big: '9007199254740993',
      fits: 9007199254740991,
      n15: 1.5,
      long: '0.12345678901234567890',
      nan: 'NaN',
      a: [0.1, 2],
      bigs: ['9007199254740993', 1],
      d: '2026-01-31',
      ts: '2026-01-31T12:00:00.5',
      tz: expect.stringMatching(/^2026-01-31T\d\d:\d\d:00[+-]\d\d:\d\d$/),
      inf: 'infinity',
      j: { k: 1 },
      t: ['a b', null],
      n: null,
    };
    expect(JSON.parse((await query('--json', sql)).stdout)).toEqual([expected]);
    const lines = (await query('--json-lines', `${sql.slice(0, sql.lastIndexOf('1'))}2`)).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([expected, { ...expected, id: 2 }]);
    expect(JSON.parse((await query('--json', 'SELECT 1 WHERE false')).stdout)).toEqual([]);
  });

  it('batches, and says what it cost', async () => {
    const { stderr } = await query(
      '--stats',
      "SELECT count(sentiment) FROM review, aws_comprehend.detect_sentiment(body, 'en')",
    );
    expect(stderr).toBe('aws_comprehend.detect_sentiment: 60 rows, 60 distinct inputs, 3 requests\n');
    expect(services.requests.total('comprehend')).toBe(3);
  });

  it('takes SQL from a file and from standard input', async () => {
    const file = join(directory, 'script.sql');
    await writeFile(file, '-- a comment;\nSELECT 1 AS one;\n\nSELECT 2 AS two;\n');
    const { stdout } = await query('--csv', '--file', file);
    expect(stdout).toBe('one\n1\ntwo\n2\n');
    expect((await runCli(environment, ['query', '--csv'], 'SELECT 3 AS three')).stdout).toBe('three\n3\n');
    expect((await runCli(environment, ['query', '--csv', '-'], 'SELECT 4 AS four')).stdout).toBe('four\n4\n');
  });

  it('takes a connection string', async () => {
    const { PGHOST, PGPORT, PGUSER, PGDATABASE } = environment;
    const url = `postgres://${PGUSER}@${PGHOST}:${PGPORT}/${PGDATABASE}`;
    const { stdout } = await runCli({}, ['query', '--url', url, '--csv', 'SELECT current_database() AS db']);
    expect(stdout).toBe(`db\n${PGDATABASE}\n`);
  });

  it('fails as psql does: SQLSTATE, position, no stack, the rest not run', async () => {
    const { code, stdout, stderr } = await query(
      "SELECT 1 AS a; SELECT 'ü',\n  fro FROM review; CREATE TABLE never ()",
    );
    expect(code).toBe(3);
    expect(stdout).toContain('(1 row)');
    expect(stderr).toBe(
      'ERROR:  42703: column "fro" does not exist\nLINE 2:   fro FROM review; CREATE TABLE never ()\n          ^\n',
    );
    expect((await query('--csv', "SELECT to_regclass('never') AS t")).stdout).toBe('t\n\n');
  });

  it('shows DETAIL and HINT, and no text of the customer', async () => {
    const { code, stderr } = await query("SELECT aws_bedrock.invoke_model('no.such-model', NULL, NULL, 'my secret')");
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^ERROR: {2}38000: aws_bedrock\.invoke_model: .*\nDETAIL: {2}.*AWS error .*\nHINT: {2}.*\n$/,
    );
    expect(stderr).not.toContain('my secret');
  });

  it('gives NULL for a failed call where it is asked to', async () => {
    const { code, stdout } = await query(
      ...['--csv', '--on-error', 'null', "SELECT aws_bedrock.invoke_model('no.such-model', NULL, NULL, 'x') AS m"],
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'm\n\n' });
  });

  it('reports a failure in the middle of the rows', async () => {
    const { code, stdout, stderr } = await query(
      '--csv',
      'SELECT 1 / (500 - i) AS q FROM generate_series(1, 600) AS i',
    );
    expect(code).toBe(3);
    expect(stdout.split('\n').length).toBeGreaterThan(100);
    expect(stderr).toBe('ERROR:  22012: division by zero\n');
  });

  it.each([
    [['--bogus'], /unknown option '--bogus'/],
    [['--csv', '--json', 'SELECT 1'], /cannot be used with/],
    [['--on-error', 'ignore', 'SELECT 1'], /Allowed choices are fail, null/],
    [['--file', '/nonexistent.sql'], /ENOENT/],
    [['--file', 'x.sql', 'SELECT 1'], /not both/],
    [['--port', 'x', 'SELECT 1'], /Not a port number/],
    [['--url', 'postgres://127.0.0.1:1/none', 'SELECT 1'], /could not connect: .*ECONNREFUSED/],
  ])('does not start with %s', async (args, message) => {
    const { code, stdout, stderr } = await query(...args);
    expect({ code, stdout }).toEqual({ code: args.includes('--url') ? 2 : 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
