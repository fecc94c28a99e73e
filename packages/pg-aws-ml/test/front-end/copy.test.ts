import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
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
      // Until it is heard: before the statement runs there is nothing to cancel.
      const cancelling = setInterval(
        () => canceller.query('select pg_cancel_backend($1)', [processID]).catch(() => {}),
        500,
      );
      expect(await failed).toMatchObject({ code: '57014' });
      clearInterval(cancelling);
      await canceller.end();
    }));
});

describe('COPY into a table whose rows make ML calls', () => {
  const mood = (text: string) => `(aws_comprehend.detect_sentiment(${text}, 'en')).sentiment`;
  const lines = '1,"a joy, wonderful"\n2,"awful, terrible"\n3,\n';
  const moods = async () => (await lab.admin.query('select id, mood from scored order by id')).rows;
  const expected = [
    { id: 1, mood: 'POSITIVE' },
    { id: 2, mood: 'NEGATIVE' },
    { id: 3, mood: null },
  ];

  async function copyIn(client: pg.PoolClient, data: string | Readable, text = copyText): Promise<number> {
    const stream = client.query(copyFrom(text));
    await pipeline(typeof data === 'string' ? Readable.from([data]) : data, stream);
    return stream.rowCount;
  }
  const copyText = 'copy scored (id, body) from stdin (format csv)';

  beforeAll(async () => {
    await lab.pool.query(`create function set_mood() returns trigger language plpgsql as
      $$ begin new.mood := ${mood('new.body')}; return new; end $$`);
  });
  beforeEach(async () => {
    await lab.admin.query('drop table if exists scored');
    await lab.pool.query('create table scored (id int primary key, body text, mood text)');
    await lab.pool.query('create trigger t before insert on scored for each row execute function set_mood()');
  });

  it('runs them while the data comes, alone', () =>
    withClient(async (client) => {
      expect(await copyIn(client, lines)).toBe(3);
      expect(await moods()).toEqual(expected);
      expect(client.getTransactionStatus()).toBe('I');
      expect((await client.query("select current_setting('aws_ml.mode', true) as mode")).rows[0].mode || null).toBe(
        null,
      );
    }));

  it('in an open block, which goes on, and is rolled back as a whole', () =>
    withClient(async (client) => {
      await client.query('begin');
      expect(await copyIn(client, lines)).toBe(3);
      expect((await client.query('select id, mood from scored order by id')).rows).toEqual(expected);
      expect(client.getTransactionStatus()).toBe('T');
      await client.query('rollback');
      expect(await moods()).toEqual([]);
    }));

  it('for defaults, constraints, deferred triggers and WHERE', () =>
    withClient(async (client) => {
      await client.query(`drop trigger t on scored;
        alter table scored alter mood set default ${mood(`'awful'`)}, add check (${mood('body')} <> 'NEGATIVE')`);
      const where = `copy scored (id, body) from stdin (format csv) where ${mood('body')} <> 'NEGATIVE'`;
      expect(await copyIn(client, lines, where)).toBe(1);
      expect(await moods()).toEqual([{ id: 1, mood: 'NEGATIVE' }]);
      await expect(copyIn(client, lines.replace('1,', '4,'))).rejects.toMatchObject({ code: '23514' });
      expect(client.getTransactionStatus()).toBe('I');
      await client.query(`alter table scored drop constraint scored_body_check, alter mood drop default;
        create function note_mood() returns trigger language plpgsql as
          $$ begin update scored set mood = ${mood('new.body')} where id = new.id; return null; end $$;
        create constraint trigger late after insert on scored deferrable initially deferred
          for each row execute function note_mood()`);
      expect(await copyIn(client, '5,awful\n')).toBe(1);
      expect(await moods()).toEqual([
        { id: 1, mood: 'NEGATIVE' },
        { id: 5, mood: 'NEGATIVE' },
      ]);
    }));

  it('leaves nothing where it fails: the service, the data, the source', () =>
    withClient(async (client) => {
      lab.services.setFaults({ comprehend: { error: { code: 'AccessDeniedException', status: 400, every: 1 } } });
      await expect(copyIn(client, '1,a fresh text\n')).rejects.toMatchObject({ code: '38000' });
      lab.services.setFaults();
      await expect(copyIn(client, `${lines}no number,x\n`)).rejects.toMatchObject({ code: '22P02' });
      const failing = Readable.from(
        (async function* () {
          yield lines;
          throw new Error('the source broke');
        })(),
      );
      await expect(copyIn(client, failing)).rejects.toThrow();
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
      expect(client.getTransactionStatus()).toBe('I');
      expect(await moods()).toEqual([]);
    }));

  it('is refused where a statement cannot see what arrives while it runs', () =>
    withClient(async (client) => {
      await client.query('begin isolation level repeatable read');
      await expect(copyIn(client, lines)).rejects.toMatchObject({
        code: '0A000',
        hint: expect.stringContaining('READ'),
      });
      await client.query('rollback');
      expect(await copyIn(client, lines)).toBe(3);
    }));

  it('from a file of the server is batched, from a program is not run twice', async () => {
    const { rows } = await lab.admin.query("select current_setting('data_directory') || '/copied' as file");
    const [{ file }] = rows;
    await lab.admin.query(`copy (values (1, 'a joy'), (2, 'awful')) to '${file}' (format csv)`);
    expect(await lab.pool.query(`copy scored (id, body) from '${file}' (format csv)`)).toMatchObject({ rowCount: 2 });
    expect(await moods()).toEqual(expected.slice(0, 2));
    expect(lab.services.requests.total()).toBe(1);
    const program = `cat ${file} | sed s/^/1/; echo run >> ${file}.log`;
    await lab.pool.query(`copy scored (id, body) from program '${program}' (format csv)`);
    expect((await moods()).map((row) => row.id)).toEqual([1, 2, 11, 12]);
    expect((await lab.admin.query(`select pg_read_file('${file}.log') as log`)).rows).toEqual([{ log: 'run\n' }]);
  });

  it('ends on the server too when its connection is lost', async () => {
    lab.services.setFaults({ comprehend: { latencyMs: 60_000 } });
    const client = await lab.openPool().connect();
    client.on('error', () => {});
    const lost = expect(copyIn(client, '1,a text that nobody has seen\n')).rejects.toThrow();
    const waiting = () =>
      lab.admin.query(
        `select from pg_stat_activity where query ilike 'copy scored%' and state = 'active' and pid <> pg_backend_pid()`,
      );
    while ((await waiting()).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await lost;
    client.release(true);
    lab.services.setFaults();
    while ((await waiting()).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await moods()).toEqual([]);
  });

  it('has no place among other statements', async () => {
    await expect(lab.pool.query(`${copyText}; select 1`)).rejects.toMatchObject({ code: '0A000' });
  });
});
