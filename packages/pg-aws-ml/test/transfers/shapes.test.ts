import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTransferLab, type TransferLab } from './transfer-lab.js';

let lab: TransferLab;

beforeAll(async () => {
  lab = await openTransferLab();
  await lab.pool.query('CREATE TABLE t (id int, name text); CREATE TABLE u (id int, name text)');
});
afterAll(() => lab.close());
beforeEach(async () => {
  await lab.pool.query("TRUNCATE t, u; INSERT INTO t VALUES (1, 'one'), (2, NULL), (3, E'a\\nb,\"c\"')");
});

const csv = '1,one\n2,\n3,"a\nb,""c"""\n';

describe('an export', () => {
  it.each([
    "SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k', options := 'format csv')",
    "SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', aws_commons.create_s3_uri('lake', 'k', 'us-east-1'), 'format csv')",
    "SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', '(lake,k,us-east-1)', options := 'format csv')",
    "SELECT rows_uploaded, files_uploaded, bytes_uploaded FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k', 'us-east-1', 'format csv')",
    "SELECT (e).* FROM (SELECT aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k', options := 'format csv') AS e OFFSET 0) x",
    "WITH e AS (SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k', options := 'format csv')) SELECT * FROM e",
  ])('gives its counts: %s', async (sql) => {
    const { rows, command, fields } = await lab.pool.query(sql);
    expect(rows).toEqual([{ rows_uploaded: '3', files_uploaded: '1', bytes_uploaded: String(csv.length) }]);
    expect(command).toBe('SELECT');
    expect(fields.map((f) => f.dataTypeID)).toEqual([20, 20, 20]);
    expect(await lab.read('k')).toBe(csv);
  });

  it('is a record in a SELECT list', async () => {
    const { rows } = await lab.pool.query("SELECT aws_s3.query_export_to_s3('TABLE t', 'lake', 'k')");
    expect(rows).toEqual([{ query_export_to_s3: '(3,1,22)' }]);
    expect((await lab.read('k')).split('\n')).toHaveLength(4);
  });

  it('runs once for each row of a table', async () => {
    const { rows } = await lab.pool.query(
      "SELECT id, (aws_s3.query_export_to_s3('SELECT ' || id, 'lake', 'file' || id)).rows_uploaded AS n FROM t ORDER BY id",
    );
    expect(rows.map(({ id, n }) => [id, n])).toEqual([1, 2, 3].map((id) => [id, '1']));
    expect(await Promise.all([1, 2, 3].map((id) => lab.read(`file${id}`)))).toEqual(['1\n', '2\n', '3\n']);
  });

  it('takes values of a prepared statement', async () => {
    const query = {
      name: 'export',
      text: "SELECT * FROM aws_s3.query_export_to_s3($1, $2, $3, options := 'format csv')",
    };
    for (const key of ['k1', 'k2']) {
      const { rows } = await lab.pool.query({ ...query, values: ['SELECT * FROM t ORDER BY id', 'lake', key] });
      expect(rows).toMatchObject([{ rows_uploaded: '3' }]);
      expect(await lab.read(key)).toBe(csv);
    }
  });

  it('may have a name that is another each time', async () => {
    const { rows } = await lab.pool.query(
      "SELECT * FROM aws_s3.query_export_to_s3('TABLE t', 'lake', 'random/' || gen_random_uuid() || '.csv')",
    );
    expect(rows).toMatchObject([{ rows_uploaded: '3', files_uploaded: '1' }]);
  });

  it('makes one object after the other where it is long, and cuts no row', async () => {
    const pool = lab.openPool({ awsMl: { s3: { fileBytes: 8 } } });
    const { rows } = await pool.query(
      "SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k', options := 'format csv')",
    );
    expect(rows).toEqual([{ rows_uploaded: '3', files_uploaded: '2', bytes_uploaded: String(csv.length) }]);
    expect([await lab.read('k'), await lab.read('k_part2')]).toEqual(['1,one\n2,\n', '3,"a\nb,""c"""\n']);
  });

  it('of no rows is an empty object', async () => {
    const { rows } = await lab.pool.query(
      "SELECT * FROM aws_s3.query_export_to_s3('SELECT 1 WHERE false', 'lake', 'none')",
    );
    expect(rows).toEqual([{ rows_uploaded: '0', files_uploaded: '1', bytes_uploaded: '0' }]);
    expect(await lab.read('none')).toBe('');
  });

  it('is compressed where it is asked for', async () => {
    const pool = lab.openPool({ awsMl: { s3: { gzip: true } } });
    await pool.query(
      "SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM t ORDER BY id', 'lake', 'k.gz', options := 'format csv')",
    );
    const { contentEncoding } = await lab.s3.get({ bucket: 'lake', key: 'k.gz' });
    expect(contentEncoding).toBe('gzip');
    await lab.pool.query("SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k.gz')");
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 3 }]);
  });
});

describe('an import', () => {
  beforeEach(async () => {
    await lab.put('k', csv);
  });

  it.each([
    "SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k') AS text",
    "SELECT aws_s3.table_import_from_s3('u', 'id, name', 'csv', 'lake', 'k', 'us-east-1') AS text",
    "SELECT * FROM aws_s3.table_import_from_s3('u', '', '(format csv)', aws_commons.create_s3_uri('lake', 'k', 'us-east-1')) AS f (text)",
    "SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', aws_commons.create_s3_uri('lake', 'k', ''), aws_commons.create_aws_credentials('other', 'secret', '')) AS text",
    "SELECT aws_s3.table_import_from_s3(table_name := 'u', column_list := NULL, options := '(format csv)', bucket := 'lake', file_path := 'k', access_key := 'other', secret_key := 'secret') AS text",
  ])('answers as Aurora does: %s', async (sql) => {
    const { rows } = await lab.pool.query(sql);
    expect(rows).toEqual([{ text: `3 rows imported into relation "u" from file k of ${csv.length} bytes` }]);
    const { rows: imported } = await lab.pool.query('SELECT * FROM u ORDER BY id');
    expect(imported.map((r) => r.id)).toEqual([1, 2, 3]);
  });

  it('knows gzip by its first bytes', async () => {
    await lab.put('zipped', gzipSync(csv));
    await lab.pool.query("SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'zipped')");
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 3 }]);
  });

  it('twice in one statement imports twice', async () => {
    const call = "aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k')";
    const { rows } = await lab.pool.query(`SELECT ${call} AS a, ${call} AS b`);
    expect(Object.values(rows[0])).toHaveLength(2);
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 6 }]);
  });

  it('is undone with its block', async () => {
    const client = await lab.pool.connect();
    await client.query('BEGIN');
    await client.query("SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k')");
    expect((await client.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 3 }]);
    await client.query('ROLLBACK');
    client.release();
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 0 }]);
  });

  it('can be kept by INSERT and CREATE TABLE AS', async () => {
    await lab.pool.query('CREATE TABLE log (text text)');
    await lab.pool.query("INSERT INTO log SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k')");
    await lab.pool.query(
      "CREATE TABLE exported AS SELECT * FROM aws_s3.query_export_to_s3('TABLE u', 'lake', 'again')",
    );
    expect((await lab.pool.query('SELECT * FROM log')).rows).toHaveLength(1);
    expect((await lab.pool.query('SELECT * FROM exported')).rows).toMatchObject([{ rows_uploaded: '3' }]);
    await lab.pool.query('DROP TABLE log, exported');
  });

  it('runs in EXECUTE, and EXPLAIN makes nothing of it', async () => {
    const client = await lab.pool.connect();
    const call = "SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', $1)";
    await client.query(`PREPARE p (text) AS ${call}`);
    await client.query("EXECUTE p ('k')");
    await client.query("EXPLAIN SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k')");
    client.release();
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 3 }]);
  });

  it('runs in DO, and what follows sees the rows', async () => {
    await lab.pool.query(`DO $$
      DECLARE n int; answer text;
      BEGIN
        SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k') INTO answer;
        SELECT count(*) INTO n FROM u;
        INSERT INTO t VALUES (n, answer);
      END $$`);
    expect((await lab.pool.query('SELECT name FROM t WHERE id = 3 AND name LIKE $1', ['3 rows%'])).rows).toHaveLength(
      1,
    );
  });

  it('runs in functions that loop, whatever they are called', async () => {
    await lab.pool.query(`CREATE FUNCTION load(keys text[]) RETURNS int LANGUAGE plpgsql AS $$
      DECLARE key text; n int;
      BEGIN
        FOREACH key IN ARRAY keys LOOP
          PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', key);
        END LOOP;
        SELECT count(*) INTO n FROM u;
        RETURN n;
      END $$`);
    expect((await lab.pool.query("SELECT load(ARRAY['k', 'k', 'k']) AS n")).rows).toEqual([{ n: 9 }]);
  });

  it('goes on behind a failure that is caught', async () => {
    await lab.pool.query(`DO $$
      DECLARE key text;
      BEGIN
        FOREACH key IN ARRAY '{missing,k}'::text[] LOOP
          BEGIN
            PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', key);
          EXCEPTION WHEN undefined_file THEN RAISE NOTICE 'no %', key;
          END;
        END LOOP;
      END $$`);
    expect((await lab.pool.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 3 }]);
  });

  it('can be caught in a block', async () => {
    await lab.pool.query(`DO $$ BEGIN
        PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'missing');
      EXCEPTION WHEN undefined_file THEN INSERT INTO t VALUES (4, 'caught');
      END $$`);
    expect((await lab.pool.query('SELECT name FROM t WHERE id = 4')).rows).toEqual([{ name: 'caught' }]);
  });

  it.each([
    "DO $$ BEGIN DELETE FROM u; PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k'); END $$",
    "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM u; PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k'); END $$",
    "DO $$ BEGIN INSERT INTO t VALUES (5); PERFORM aws_s3.query_export_to_s3('TABLE t', 'lake', 'x'); END $$",
    "DO $$ BEGIN BEGIN PERFORM aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k'); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END; END $$",
    "SELECT aws_s3.table_import_from_s3('u', '', '(format csv)', 'lake', 'k'), (SELECT count(*) FROM u)",
    "SELECT aws_s3.table_import_from_s3('t', '', '(format csv)', 'lake', 'k') FROM t",
    "DO $$ BEGIN PERFORM aws_s3.query_export_to_s3('TABLE t', 'lake', 'y' || random()); END $$",
    "DO $$ BEGIN ALTER TABLE t ADD COLUMN more int; PERFORM aws_s3.query_export_to_s3('TABLE t', 'lake', 'z'); END $$",
  ])('is refused where it would come too soon: %s', async (sql) => {
    await expect(lab.pool.query(sql)).rejects.toMatchObject({ code: '0A000' });
    expect(
      (await lab.pool.query('SELECT (SELECT count(*) FROM t)::int AS t, (SELECT count(*) FROM u)::int AS u')).rows,
    ).toEqual([{ t: 3, u: 0 }]);
  });
});
