import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTransferLab, type TransferLab } from './transfer-lab.js';

let lab: TransferLab;

beforeAll(async () => {
  lab = await openTransferLab();
  await lab.pool.query('CREATE TABLE t (id int PRIMARY KEY, name text)');
  await lab.put('good', '1\tone\n2\ttwo\n');
  await lab.put('bad', '3\tthree\nfour\tfour\n');
  await lab.put('empty', '');
});
afterAll(() => lab.close());
beforeEach(() => lab.pool.query('TRUNCATE t'));

const exportOf = (query: string, bucket = 'lake', options = '', region = '') =>
  `SELECT * FROM aws_s3.query_export_to_s3($query$${query}$query$, '${bucket}', 'out', '${region}', $options$${options}$options$)`;

const importOf = (key: string, table = 't', bucket = 'lake', options = '') =>
  `SELECT aws_s3.table_import_from_s3('${table}', '', $options$${options}$options$, '${bucket}', '${key}', 'us-east-1')`;

describe('a transfer that cannot be', () => {
  it.each([
    ['an empty object', importOf('empty'), 'P0002', /empty/],
    ['a missing object', importOf('none'), '58P01', /object "none" does not exist in the bucket "lake"/],
    ['a missing bucket', importOf('good', 't', 'no-such-lake'), '58P01', /bucket "no-such-lake" does not exist/],
    ['a missing bucket of an export', exportOf('SELECT 1', 'no-such-lake'), '58P01', /bucket "no-such-lake"/],
    ['a row that does not fit', importOf('bad'), '22P02', /invalid input syntax for type integer/],
    ['a missing table', importOf('good', 'nowhere'), '42P01', /"nowhere" does not exist/],
    ['a missing table of an export', exportOf('TABLE nowhere'), '42P01', /"nowhere" does not exist/],
    ['an error of the exported query', exportOf('SELECT 1/0'), '22012', /division by zero/],
    ['a semicolon', exportOf('SELECT 1;'), '42601', /semicolon/],
    ['an ARN', exportOf('SELECT 1', 'arn:aws:s3:::lake'), '22023', /ARN/],
    ['a URL', exportOf('SELECT 1', 's3://lake/x'), '22023', /URL/],
    ['an availability zone', exportOf('SELECT 1', 'lake', '', 'us-east-1a'), '22023', /availability zone/],
    ['options that are none', exportOf('SELECT 1', 'lake', 'format csv) ; SELECT (1'), '42601', /options/],
    ['an option that COPY lacks', exportOf('SELECT 1', 'lake', 'colour red'), '42601', /colour/],
    ['a program', importOf('good', "t FROM PROGRAM ''sh'' --"), '42602', /table_name/],
    ['an ML call', exportOf("SELECT aws_comprehend.detect_sentiment('Good', 'en')"), '0A000', /ML calls/],
    ['no query', "SELECT * FROM aws_s3.query_export_to_s3(NULL, 'lake', 'out')", '22004', /query/],
    ['no object', "SELECT * FROM aws_s3.query_export_to_s3('SELECT 1', 'lake', '')", '22004', /file_path/],
  ])('says what is wrong: %s', async (_, sql, code, message) => {
    await expect(lab.pool.query(sql)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
  });

  it('needs the server to count what a statement reads and writes', async () => {
    const client = await lab.pool.connect();
    await client.query('SET track_counts = off');
    await expect(client.query(importOf('good'))).rejects.toMatchObject({
      code: '0A000',
      message: expect.stringMatching(/track_counts/),
    });
    await client.query('RESET track_counts');
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
    client.release();
  });

  it('leaves its block failed, and an import before it undone', async () => {
    const client = await lab.pool.connect();
    await client.query('BEGIN');
    await client.query(importOf('good'));
    await expect(client.query(importOf('none'))).rejects.toMatchObject({ code: '58P01' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
    client.release();
  });

  it('undoes all imports of its statement', async () => {
    const sql = `${importOf('good')}, (SELECT 1), aws_s3.table_import_from_s3('t', '', '', 'lake', 'bad')`;
    await expect(lab.pool.query(sql)).rejects.toMatchObject({ code: '22P02' });
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
  });

  it('tells that nothing answers', async () => {
    const pool = lab.openPool({ awsMl: { endpoints: { s3: 'http://127.0.0.1:1' }, maxAttempts: 1 } });
    await expect(pool.query(exportOf('SELECT 1'))).rejects.toMatchObject({
      code: '58000',
      message: 'could not upload to Amazon S3',
      detail: "Amazon S3 client returned 'Unable to connect to endpoint'.",
    });
    await expect(pool.query(importOf('good'))).rejects.toMatchObject({
      code: '58000',
      message: 'could not download from Amazon S3',
    });
  });

  it('shows no credentials, not even in what the server might log', async () => {
    const client = await lab.pool.connect();
    const seen: unknown[] = [];
    client.on('notice', (notice) => seen.push(notice));
    const secret = 'wJalrXUtnFEMI/K7MDENG';
    const sql = `SELECT aws_s3.table_import_from_s3('t', '', '', 'lake', 'none', '', 'AKIDEXAMPLE', $1)`;
    const error = await client.query(sql, [secret]).catch((e: unknown) => e);
    client.release();
    expect(inspect([error, seen], { depth: 9, showHidden: true })).not.toContain('wJalr');
  });
});

describe('without a connection of ours', () => {
  it('is refused, with what to do', async () => {
    await expect(lab.admin.query(exportOf('SELECT 1'))).rejects.toMatchObject({
      code: '0A000',
      hint: expect.stringContaining('pg-aws-ml'),
    });
  });
});

describe('privileges', () => {
  it('are those of the caller', async () => {
    await lab.admin.query(`DO $$ BEGIN CREATE ROLE transfer_user; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    const client = await lab.pool.connect();
    await client.query('SET ROLE transfer_user');
    await expect(client.query(exportOf('SELECT 1'))).rejects.toMatchObject({ code: '42501' });
    await lab.admin.query('GRANT USAGE ON SCHEMA aws_s3 TO transfer_user');
    await expect(client.query(exportOf('SELECT 1'))).rejects.toMatchObject({ code: '42501' });
    await lab.admin.query('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_s3 TO transfer_user');
    expect((await client.query(exportOf('SELECT 1'))).rows).toMatchObject([{ rows_uploaded: '1' }]);
    await expect(client.query(exportOf('TABLE t'))).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(importOf('good'))).rejects.toMatchObject({ code: '42501' });
    await lab.admin.query(`CREATE FUNCTION as_owner() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN RETURN aws_s3.table_import_from_s3('t', '', '', 'lake', 'good'); END $$`);
    await expect(client.query('SELECT as_owner()')).rejects.toMatchObject({ code: '0A000' });
    await client.query('RESET ROLE');
    client.release();
    await lab.admin.query('DROP OWNED BY transfer_user');
  });
});
