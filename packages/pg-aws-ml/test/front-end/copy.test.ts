import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({ endpoints: { total: 'sum' } });
  await lab.admin.query(`create table notes (id int, body text);
    insert into notes values (1, 'I love it, wonderful'), (2, 'Terrible, awful'), (3, null)`);
});
afterAll(() => lab.close());
beforeEach(() => lab.services.resetRequests());

const scored = "select id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment from notes order by id";
const csv = '1,POSITIVE\n2,NEGATIVE\n3,\n';
const textOf = async (stream: Readable) => Buffer.concat(await stream.toArray()).toString();

async function withClient<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await lab.pool.connect();
  try {
    return await run(client);
  } finally {
    client.release();
  }
}

describe('COPY of a query with ML calls', () => {
  it('streams, in the format asked for, with one request', () =>
    withClient(async (client) => {
      const stream = client.query(copyTo(`copy (${scored}) to stdout (format csv)`));
      expect(await textOf(stream)).toBe(csv);
      expect(stream.rowCount).toBe(3);
      expect(lab.services.requests.total()).toBe(1);
      expect(client.getTransactionStatus()).toBe('I');
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    }));

  it('leaves an open block as it is, and sees what it has written', () =>
    withClient(async (client) => {
      await client.query('begin');
      await client.query("insert into notes values (4, 'great and lovely')");
      const { rows: before } = await client.query('show max_parallel_workers_per_gather');
      expect(await textOf(client.query(copyTo(`copy (${scored}) to stdout (format csv)`)))).toBe(`${csv}4,POSITIVE\n`);
      expect((await client.query('show max_parallel_workers_per_gather')).rows).toEqual(before);
      expect(client.getTransactionStatus()).toBe('T');
      await client.query('rollback');
    }));

  it('by a plain query gives the count', async () => {
    const result = await lab.pool.query(`copy (${scored}) to stdout`);
    expect(result).toMatchObject({ command: 'COPY', rowCount: 3, rows: [] });
  });

  it('copies what a data-modifying query returns, and keeps its changes', () =>
    withClient(async (client) => {
      const update = `update notes set body = (aws_comprehend.detect_sentiment(body, 'en')).sentiment
        where id = 1 returning body`;
      await client.query('begin');
      expect(await textOf(client.query(copyTo(`copy (${update}) to stdout`)))).toBe('POSITIVE\n');
      expect((await client.query('select body from notes where id = 1')).rows).toEqual([{ body: 'POSITIVE' }]);
      await client.query('rollback');
    }));

  it.each(['begin', 'select 1'])('makes the overloads that it needs, after %s', (before) =>
    withClient(async (client) => {
      await client.query(before);
      const type = before === 'begin' ? 'int2' : 'numeric';
      const text = `copy (select aws_sagemaker.invoke_endpoint('total', null, id::${type}) from notes order by id) to stdout`;
      expect(await textOf(client.query(copyTo(text)))).toBe('1\n2\n3\n');
      await client.query('rollback');
    }),
  );

  it('runs within what may only read, where it has a place for results', () =>
    withClient(async (client) => {
      const text = `copy (select (aws_comprehend.detect_sentiment('a joy', 'en')).sentiment from notes) to stdout`;
      await client.query('set default_transaction_read_only = on');
      expect(await textOf(client.query(copyTo(text)))).toMatch(/^(\w+\n){3}$/);
      await client.query('reset default_transaction_read_only');
      await client.query('begin read only');
      await expect(textOf(client.query(copyTo(text)))).rejects.toMatchObject({ code: '0A000' });
      await client.query('rollback');
    }));

  it('fails as the server has it, and the block with it', () =>
    withClient(async (client) => {
      const text = "copy (select nonsense, aws_comprehend.detect_sentiment(body, 'en') from notes) to stdout";
      await expect(textOf(client.query(copyTo(text)))).rejects.toMatchObject({ code: '42703', position: '14' });
      await client.query('begin');
      const failing = copyTo(`copy (select 1 / (id - 2), (${scored} limit 1) from notes) to stdout`);
      await expect(textOf(client.query(failing))).rejects.toMatchObject({ code: '42601' });
      await client.query('select 1').then(
        () => expect.unreachable(),
        (error: unknown) => expect(error).toMatchObject({ code: '25P02' }),
      );
      await client.query('rollback');
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    }));

  it('fails when the service does', async () => {
    lab.services.setFaults({ comprehend: { error: { code: 'AccessDeniedException', status: 400, every: 1 } } });
    const text = `copy (select aws_comprehend.detect_sentiment('a fresh text', 'en')) to stdout`;
    await withClient(async (client) => {
      await expect(textOf(client.query(copyTo(text)))).rejects.toMatchObject({ code: expect.stringMatching(/^38/) });
      lab.services.setFaults();
      expect(client.getTransactionStatus()).toBe('I');
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    });
  });
});

describe('COPY without ML calls', () => {
  it('streams before the names of the database are known', async () => {
    const pool = lab.openPool();
    const client = await pool.connect();
    expect(await textOf(client.query(copyTo('copy (select id from notes order by id) to stdout')))).toBe('1\n2\n3\n');
    expect(lab.services.requests.total()).toBe(0);
    client.release();
  });

  it('among other statements is refused only where one of them is ours', async () => {
    await expect(lab.pool.query(`copy (${scored}) to stdout; select 1`)).rejects.toMatchObject({ code: '0A000' });
    expect(await lab.pool.query('copy (select 1) to stdout; select 1')).toHaveLength(2);
    expect(lab.services.requests.total()).toBe(0);
  });

  it('is cancelled while it runs', () =>
    withClient(async (client) => {
      const query = new pg.Query("copy (select pg_sleep(20), 'detect_sentiment') to stdout");
      const failed = new Promise((resolve) => query.on('error', resolve));
      client.query(query);
      const canceller = new pg.Client({ ...lab.database });
      const { processID } = client as unknown as { processID: number };
      await canceller.connect();
      setTimeout(() => void canceller.query('select pg_cancel_backend($1)', [processID]), 200);
      expect(await failed).toMatchObject({ code: '57014' });
      await canceller.end();
    }));
});
