import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTransferLab, type TransferLab } from './transfer-lab.js';

let lab: TransferLab;

beforeAll(async () => {
  lab = await openTransferLab();
  await lab.pool.query('CREATE TABLE t (line text)');
});
afterAll(() => lab.close());

/** An S3 that does as it is told. */
async function startS3(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = lab.openPool({ max: 1, awsMl: { endpoints: { s3: url }, maxAttempts: 1 } });
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { pool, close };
}

const xml = (response: ServerResponse, status: number, body: string) =>
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?>${body}`);

const waitsForLine = async (what: string) => {
  for (;;) {
    const { rows } = await lab.admin.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()`,
      [`COPY%${what}%`],
    );
    if (rows.length > 0) return rows[0].pid as number;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const exportOf = (query: string) => `SELECT * FROM aws_s3.query_export_to_s3($q$${query}$q$, 'lake', 'interrupted')`;

/** Some hundred gigabytes. */
const ENDLESS = `SELECT repeat('x', 1000) FROM generate_series(1, 100000000)`;

describe('an export that is interrupted', () => {
  it.each(['pg_cancel_backend', 'pg_terminate_backend'])('by %s leaves no object', async (how) => {
    const query = `SELECT pg_sleep(600), '${how}'`;
    const failed = lab.pool.query(exportOf(query)).catch((error: unknown) => error);
    await lab.admin.query(`SELECT ${how}($1)`, [await waitsForLine(how)]);
    // A server that goes may be gone before it is heard.
    expect(await failed).toMatchObject({
      code: expect.stringMatching(how === 'pg_cancel_backend' ? /57014/ : /57P01|ECONNRESET/),
    });
    await expect(lab.read('interrupted')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    expect((await lab.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('by statement_timeout leaves no object, and its connection usable', async () => {
    const client = await lab.pool.connect();
    await client.query('SET statement_timeout = 500');
    await expect(client.query(exportOf('SELECT pg_sleep(600)'))).rejects.toMatchObject({ code: '57014' });
    await client.query('RESET statement_timeout');
    expect((await client.query(exportOf('SELECT 1'))).rows).toMatchObject([{ rows_uploaded: '1' }]);
    client.release();
  });

  it('by S3 ends at once, and removes the parts that have arrived', async () => {
    const seen: string[] = [];
    const s3 = await startS3((request, response) => {
      const { method, url = '' } = request;
      request.resume();
      request.on('end', () => {
        if (method === 'POST') {
          xml(response, 200, '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
        } else if (method === 'DELETE') {
          seen.push(url);
          response.writeHead(204).end();
        } else xml(response, 403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
      });
    });
    await expect(s3.pool.query(exportOf(ENDLESS))).rejects.toMatchObject({
      code: '58000',
      message: 'could not upload to Amazon S3',
      detail: expect.stringContaining('AccessDenied'),
      hint: expect.stringContaining('s3:PutObject'),
    });
    expect(seen).toEqual([expect.stringContaining('uploadId=u1')]);
    expect((await s3.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await s3.close();
  });
});

describe('an import that is interrupted', () => {
  it('by S3 is undone', async () => {
    const s3 = await startS3((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('line\n'.repeat(10_000), () => response.destroy());
    });
    await expect(s3.pool.query("SELECT aws_s3.table_import_from_s3('t', '', '', 'lake', 'k')")).rejects.toMatchObject({
      code: '58000',
      message: 'could not download from Amazon S3',
    });
    expect((await s3.pool.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
    await s3.close();
  });

  it('by a cancel while it waits for S3 is undone', async () => {
    let begun: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const s3 = await startS3((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('line\n', () => begun?.());
    });
    const client = await s3.pool.connect();
    await client.query('SET statement_timeout = 1000');
    const failed = client
      .query("SELECT aws_s3.table_import_from_s3('t', '', '', 'lake', 'k')")
      .catch((e: unknown) => e);
    await waits;
    expect(await failed).toMatchObject({ code: '57014' });
    await client.query('RESET statement_timeout');
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 0 }]);
    client.release();
    await s3.close();
  });
});
