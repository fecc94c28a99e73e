import createKnex, { type Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

/** Knex requires pg itself, and connects by what it then keeps as the driver. */
function open(side: Side): Knex {
  const knex = createKnex({ client: 'pg', connection: side.database.connectionString, pool: { min: 0, max: 3 } });
  knex.client.driver = side.pg;
  return knex;
}

const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

describe('Knex', () => {
  const lab = useLab();

  it('reads, writes and gives types as over pg', () =>
    lab.compare(async (side) => {
      const knex = open(side);
      const joined = await knex('reviews as r')
        .join('hotels as h', 'h.id', 'r.hotel_id')
        .select('r.id', 'h.name', 'r.views', 'r.tags', 'r.written_at')
        .where('rating', '>=', 2)
        .orderBy('r.id');
      const added = await knex('reviews').insert([{ hotel_id: 1, body: 'fine' }, { hotel_id: 2 }], ['body', 'rating']);
      const updated = await knex('reviews').where({ body: 'fine' }).update({ rating: 4 });
      const upserted = await knex('hotels').insert({ id: 1, name: 'Bellevue' }).onConflict('id').merge();
      const deleted = await knex('reviews').where('id', '>', 5).del();
      const raw = await knex.raw('select ?::numeric as n; ', ['2.50']);
      const script = await knex.raw('select 1 as a; select 2 as b');
      const columns = await knex('reviews').columnInfo();
      const failed = await errorOf(knex('reviews').insert({ hotel_id: 1, rating: 6 }));
      await knex.destroy();
      const results = [raw, script].flat().map(({ rows, command, rowCount }) => ({ rows, command, rowCount }));
      return {
        joined,
        added,
        updated,
        upserted: (upserted as unknown as { rowCount: number }).rowCount,
        deleted,
        results,
        columns,
        failed,
      };
    }));

  it('changes the schema, runs transactions and nested ones as over pg', () =>
    lab.compare(async (side) => {
      const knex = open(side);
      await knex.schema.createTable('notes', (table) => {
        table.increments('id');
        table.text('body').notNullable().unique();
      });
      const failed = await errorOf(
        knex.transaction(async (trx) => {
          await trx('notes').insert({ body: 'a' });
          const inner = await errorOf(trx.transaction((nested) => nested('notes').insert({ body: 'a' })));
          expect(inner.code).toBe('23505');
          await trx('notes').insert({ body: null });
        }),
      );
      const rows = await knex('notes');
      const exists = await knex.schema.hasTable('notes');
      await knex.schema.dropTable('notes');
      await knex.destroy();
      return { failed, rows, exists };
    }));

  it('streams as over pg, and stops early', () =>
    lab.compare(async (side) => {
      const knex = open(side);
      const ids: unknown[] = [];
      for await (const row of knex('reviews').select('id').orderBy('id').stream()) ids.push(row);
      await knex('reviews')
        .select('id')
        .orderBy('id')
        .stream(async (stream) => {
          for await (const row of stream) {
            ids.push(row);
            break;
          }
        })
        .catch((error: Error) => ids.push(error.name));
      ids.push(await knex('reviews').count());
      await knex.destroy();
      return ids;
    }));

  it('cancels a query that takes too long, as over pg', () =>
    lab.compare(async (side) => {
      const knex = open(side);
      const failed = await errorOf(knex.select(knex.raw('pg_sleep(20)')).timeout(200, { cancel: true }));
      const next = await knex.select(knex.raw('1 as a'));
      await knex.destroy();
      return { failed, next };
    }));

  it('scores in select, where, streams, insert … select and update', async () => {
    const knex = open(lab.awsMl);
    const scored = knex('reviews')
      .select('id', knex.raw(`${sentiment} as scored`))
      .orderBy('id');
    expect((await scored).map((row) => row.scored)).toEqual(sentiments);
    const streamed: unknown[] = [];
    for await (const row of scored.clone().stream()) streamed.push(row.scored);
    expect(streamed).toEqual(sentiments);
    const negative = await knex('reviews').whereRaw(`${sentiment} = ?`, ['NEGATIVE']).orderBy('id').pluck('id');
    expect(negative).toEqual([2, 4]);
    const trx = await knex.transaction();
    const added = await trx(trx.raw('reviews (hotel_id, sentiment)'))
      .insert(trx('reviews').select('hotel_id', trx.raw(sentiment)).where('id', '<', 3))
      .returning('sentiment');
    expect(added.map((row) => row.sentiment)).toEqual(['POSITIVE', 'NEGATIVE']);
    await trx.rollback();
    expect(await knex('reviews').update({ sentiment: knex.raw(sentiment) })).toBe(5);
    expect(await knex('reviews').orderBy('id').pluck('sentiment')).toEqual(sentiments);
    await knex.destroy();
  });
});
