import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

let lab: MlLab;

beforeAll(async () => {
  lab = await openMlLab();
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: lab.services.url,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
  s3.destroy();
  const client = await lab.connect();
  await client.query('CREATE EXTENSION aws_s3 CASCADE');
  await client.query("CREATE TABLE t AS SELECT i AS id, repeat('x', 500) AS line FROM generate_series(1, 30000) i");
  await client.query('CREATE TABLE u (LIKE t)');
});
afterAll(() => lab.close());

it('moves megabytes both ways, in the simple protocol and the extended', async () => {
  const client = await lab.connect();
  const { rows } = await client.query("SELECT * FROM aws_s3.query_export_to_s3('TABLE t', 'lake', 'k')");
  expect(rows).toMatchObject([{ rows_uploaded: '30000', files_uploaded: '1' }]);
  const imported = await client.query({
    name: 'import',
    text: "SELECT aws_s3.table_import_from_s3('u', '', '', 'lake', $1) AS text",
    values: ['k'],
  });
  expect(imported.rows[0].text).toMatch(/^30000 rows imported into relation "u" from file k of \d+ bytes$/);
  expect((await client.query('TABLE t EXCEPT TABLE u')).rows).toEqual([]);
});

it('undoes an import with its block, and one that fails', async () => {
  const client = await lab.connect();
  await client.query('BEGIN');
  await client.query('TRUNCATE u');
  await client.query("SELECT aws_s3.table_import_from_s3('u', '', '', 'lake', 'k')");
  await client.query('ROLLBACK');
  expect((await client.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 30000 }]);
  await expect(client.query("SELECT aws_s3.table_import_from_s3('u', 'id', '', 'lake', 'k')")).rejects.toMatchObject({
    code: '22P04',
  });
  await expect(
    client.query({ text: 'SELECT * FROM aws_s3.query_export_to_s3($1, $2, $3)', values: ['SELECT 1/0', 'lake', 'x'] }),
  ).rejects.toMatchObject({ code: '22012' });
  expect((await client.query('SELECT count(*)::int AS n FROM u')).rows).toEqual([{ n: 30000 }]);
});
