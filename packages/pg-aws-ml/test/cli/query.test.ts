import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from './run-cli.js';

let services: LocalServices;
let environment: Environment;
let directory: string;
const query = (...args: string[]) => runCli(environment, ['query', ...args]);

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  services = await startLocalServices();
  environment = { ...connectionEnvironment(database), ...services.environment };
  directory = await mkdtemp(join(tmpdir(), 'cli-query-'));
  const set = `CREATE EXTENSION aws_ml CASCADE;
    CREATE TABLE review AS SELECT i AS id, 'Great product number ' || i AS body FROM generate_series(1, 60) AS i;`;
  expect(await runCli(environment, ['query'], set)).toMatchObject({ code: 0 });
});
afterAll(async () => {
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
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      ' id | sentiment | nothing',
      '----+-----------+---------',
      '  1 | POSITIVE  |',
      '  2 | POSITIVE  |',
      '(2 rows)',
      '',
    ]);
  });

  it('prints the header of a result without rows', async () => {
    const { stdout } = await query('SELECT 1 AS one, 2 AS b WHERE false');
    expect(stdout).toBe(' one | b\n-----+---\n(0 rows)\n');
  });

  it('shows control characters instead of sending them to the terminal', async () => {
    const { stdout } = await query("SELECT E'a\\x1b[31mb\\tc' AS t");
    expect(stdout).toContain('a\\x1B[31mb    c');
  });

  it('prints what psql prints for statements without rows', async () => {
    const sql = 'CREATE TABLE t (i int); INSERT INTO t VALUES (1), (2); DELETE FROM t';
    const { stdout } = await query(sql);
    expect(stdout.split('\n')).toEqual(['CREATE', 'INSERT 0 2', 'DELETE 2', '']);
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
    const { stdout } = await query(
      '--json',
      `SELECT id, aws_comprehend.detect_sentiment(body, 'en'), 9007199254740993 AS big, 'NaN'::float8 AS nan,
              '{0.1,2}'::float8[] AS a, date '2026-01-31' AS d, '{"k": 1}'::jsonb AS j, NULL AS n
       FROM review ORDER BY id LIMIT 1`,
    );
    expect(JSON.parse(stdout)).toEqual([
      {
        id: 1,
        detect_sentiment: expect.stringMatching(/^\(POSITIVE,0\.\d+\)$/),
        big: '9007199254740993',
        nan: 'NaN',
        a: [0.1, 2],
        d: '2026-01-31',
        j: { k: 1 },
        n: null,
      },
    ]);
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
    expect(code).toBe(1);
    expect(stdout).toContain('(1 row)');
    expect(stderr).toBe('ERROR:  42703: column "fro" does not exist\nLINE 2:   fro FROM review\n          ^\n');
    expect((await query('--csv', "SELECT to_regclass('never') AS t")).stdout).toBe('t\n\n');
  });

  it('shows DETAIL and HINT, and no text of the customer', async () => {
    const { code, stderr } = await query("SELECT aws_bedrock.invoke_model('no.such-model', NULL, NULL, 'my secret')");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: {2}38000: aws_bedrock\.invoke_model: .*\nDETAIL: {2}AWS error .*\nHINT: {2}.*\n$/);
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
    expect(code).toBe(1);
    expect(stdout.split('\n').length).toBeGreaterThan(100);
    expect(stderr).toBe('ERROR:  22012: division by zero\n');
  });

  it.each([
    [['--bogus'], /unknown option '--bogus'/],
    [['--csv', '--json', 'SELECT 1'], /cannot be used with/],
    [['--on-error', 'ignore', 'SELECT 1'], /Allowed choices are fail, null/],
    [['--file', '/nonexistent.sql'], /ENOENT/],
    [['--file', 'x.sql', 'SELECT 1'], /not both/],
    [['--url', 'postgres://127.0.0.1:1/none', 'SELECT 1'], /could not connect: .*ECONNREFUSED/],
  ])('does not start with %s', async (args, message) => {
    const { code, stdout, stderr } = await query(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
