import pg from 'pg';
import { createPool, type DatabasePool, sql } from 'slonik';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

const { Client } = pg;

/** Slonik makes its clients of whatever class the module pg has. */
function open(side: Side): Promise<DatabasePool> {
  pg.Client = side.pg.Client;
  return createPool(side.database.connectionString, { maximumPoolSize: 3 });
}
afterEach(() => {
  pg.Client = Client;
});

const scored = sql.fragment`(aws_comprehend.detect_sentiment(body, 'en')).sentiment`;

describe('Slonik', () => {
  const lab = useLab();

  it('queries and gives types as over pg', () =>
    lab.compare(async (side) => {
      const pool = await open(side);
      const all = await pool.any(sql.unsafe`select id, body, views, tags, written_at from reviews order by id`);
      const name = await pool.oneFirst(sql.unsafe`select name from hotels where id = ${2}`);
      const missing = await errorOf(pool.one(sql.unsafe`select 1 where false`));
      const rows = sql.unnest(
        [
          [1, 'fine'],
          [2, 'quiet'],
        ],
        ['int4', 'text'],
      );
      const added = await pool.query(
        sql.unsafe`insert into reviews (hotel_id, body) select * from ${rows} returning body, rating`,
      );
      const deleted = await pool.query(sql.unsafe`delete from reviews where id > 5`);
      const failed = await errorOf(pool.query(sql.unsafe`insert into reviews (hotel_id, rating) values (1, ${6})`));
      await pool.end();
      return { all, name, missing, added, deleted: deleted.rowCount, failed };
    }));

  it('runs transactions, savepoints and streams as over pg', () =>
    lab.compare(async (side) => {
      const pool = await open(side);
      const failed = await errorOf(
        pool.transaction(async (tx) => {
          await tx.query(sql.unsafe`insert into hotels values (3, 'Corona')`);
          const inner = await errorOf(
            tx.transaction((nested) => nested.query(sql.unsafe`insert into hotels values (3, 'Twice')`)),
          );
          expect(inner.name).toMatch(/UniqueIntegrity|Error/);
          await tx.query(sql.unsafe`insert into hotels values (4, 'Corona')`);
        }),
      );
      const count = await pool.oneFirst(sql.unsafe`select count(*)::int from hotels`);
      const streamed: unknown[] = [];
      await pool.stream(sql.unsafe`select id from reviews order by id`, (stream) => {
        stream.on('data', ({ data, fields }) => streamed.push([data, fields]));
      });
      await pool.end();
      return { failed, count, streamed };
    }));

  it('scores in queries, streams and updates', async () => {
    const pool = await open(lab.awsMl);
    expect(await pool.anyFirst(sql.unsafe`select ${scored} from reviews order by id`)).toEqual(sentiments);
    const negative = sql.unsafe`select id from reviews where ${scored} = ${'NEGATIVE'} order by id`;
    expect(await pool.manyFirst(negative)).toEqual([2, 4]);
    const streamed: unknown[] = [];
    await pool.stream(sql.unsafe`select ${scored} as s from reviews order by id`, (stream) => {
      stream.on('data', ({ data, fields }) => streamed.push([data, fields]));
    });
    expect(streamed).toEqual(sentiments.map((s) => [{ s }, [{ dataTypeId: 1043, name: 's' }]]));
    await pool.transaction((tx) => tx.query(sql.unsafe`update reviews set sentiment = ${scored}`));
    expect(await pool.anyFirst(sql.unsafe`select sentiment from reviews order by id`)).toEqual(sentiments);
    await pool.end();
  });
});
