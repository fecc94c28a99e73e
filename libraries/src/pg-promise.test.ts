import createPgPromise from 'pg-promise';
import QueryStream from 'pg-query-stream';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

/** Everything pg-promise does goes through its `pg`, which it keeps replaceable. */
function open({ pg, database }: Side, events: string[] = []) {
  const pgp = createPgPromise({
    connect: ({ useCount }) => void events.push(`connect ${useCount}`),
    disconnect: () => void events.push('disconnect'),
    query: ({ query }) => void events.push(String(query)),
    receive: ({ result }) => void events.push(`received ${result?.rowCount}, ${typeof result?.duration}`),
    error: (error) => void events.push(String(error)),
    noWarnings: true,
  });
  Object.assign(pgp, { pg });
  return { pgp, db: pgp({ connectionString: database.connectionString, max: 2 }) };
}

const scored = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

describe('pg-promise', () => {
  const lab = useLab();

  it('queries, prepares and gives types as over pg, with the same events', () =>
    lab.compare(async (side) => {
      const events: string[] = [];
      const { pgp, db } = open(side, events);
      const all = await db.any('select * from reviews where rating > $<least> order by id', { least: 1 });
      const one = await db.one('select name from hotels where id = $1', 2, (row: { name: string }) => row.name);
      const none = await errorOf(db.none('select 1'));
      const missing = await errorOf(db.one('select 1 where false'));
      const prepared = new pgp.PreparedStatement({ name: 'by-id', text: 'select body from reviews where id = $1' });
      const found = [await db.one(prepared, [1]), await db.one(prepared, [2])];
      const parameterized = new pgp.ParameterizedQuery({ text: 'select $1::int8 as a', values: [3], rowMode: 'array' });
      const array = await db.many(parameterized);
      const several = await db.multi('select 1 as a; select 2 as b');
      const columns = new pgp.helpers.ColumnSet(['hotel_id', 'body'], { table: 'reviews' });
      const insert = pgp.helpers.insert(
        [
          { hotel_id: 1, body: "it's" },
          { hotel_id: 2, body: null },
        ],
        columns,
      );
      const added = await db.result(`${insert} returning body`);
      const deleted = await db.result('delete from reviews where id > 5', null, (result) => result.rowCount);
      await db.$pool.end();
      return { all, one, none, missing, found, array, several, added: added.rows, deleted, events };
    }));

  it('runs tasks, transactions and savepoints as over pg', () =>
    lab.compare(async (side) => {
      const { pgp, db } = open(side);
      const mode = new pgp.txMode.TransactionMode({ tiLevel: pgp.txMode.isolationLevel.serializable, readOnly: false });
      const failed = await errorOf(
        db.tx({ mode }, async (tx) => {
          await tx.none('insert into hotels values (3, $1)', 'Corona');
          const inner = await errorOf(tx.tx((nested) => nested.none('insert into hotels values (3, $1)', 'Twice')));
          expect(inner.code).toBe('23505');
          expect(await tx.one('select count(*)::int from hotels')).toEqual({ count: 3 });
          await tx.none('insert into hotels values (4, $1)', 'Corona');
        }),
      );
      const counts = await db.task((task) =>
        task.batch([task.one('select count(*) from hotels'), task.one('select count(*) from reviews')]),
      );
      await db.$pool.end();
      return { failed, counts };
    }));

  it('listens and streams as over pg', () =>
    lab.compare(async (side) => {
      const { db } = open(side);
      const rows: unknown[] = [];
      const { processed } = await db.stream(
        new QueryStream('select id from reviews where id > $1 order by id', [1]) as never,
        (stream) => stream.on('data', (row) => rows.push(row)),
      );
      const direct = await db.connect({ direct: true });
      const notified = new Promise((resolve) => {
        direct.client.on('notification', ({ channel, payload }) => resolve([channel, payload]));
      });
      await direct.none('listen $<channel:name>', { channel: 'news' });
      await db.one('select pg_notify($1, $2)', ['news', 'it works']);
      const notification = await notified;
      await direct.done();
      await db.$pool.end();
      return { rows, processed, notification };
    }));

  it('scores in queries, streams, insert … select and update', async () => {
    const events: string[] = [];
    const { db } = open(lab.awsMl, events);
    const rows = await db.any(`select id, ${scored} as s from reviews order by id`);
    expect(rows.map((row) => row.s)).toEqual(sentiments);
    expect(events.filter((event) => event.startsWith('received'))).toEqual(['received 5, number']);
    expect(
      await db.map(`select id from reviews where ${scored} = $1 order by id`, ['NEGATIVE'], (row) => row.id),
    ).toEqual([2, 4]);
    const streamed: unknown[] = [];
    await db.stream(new QueryStream(`select ${scored} as s from reviews order by id`) as never, (stream) =>
      stream.on('data', (row) => streamed.push(row.s)),
    );
    expect(streamed).toEqual(sentiments);
    const undone = await errorOf(
      db.tx(async (tx) => {
        await tx.none(`update reviews set sentiment = ${scored}`);
        const added = await tx.one(
          `insert into reviews (hotel_id, sentiment) select hotel_id, ${scored} from reviews where id = $1 returning sentiment`,
          [1],
        );
        expect(added.sentiment).toBe('POSITIVE');
        await tx.none('select 1 / 0');
      }),
    );
    expect(undone.code).toBe('22012');
    await db.none(`update reviews set sentiment = ${scored}`);
    const stored = await db.any('select sentiment from reviews order by id');
    expect(stored.map((row) => row.sentiment)).toEqual(sentiments);
    await db.$pool.end();
  });
});
