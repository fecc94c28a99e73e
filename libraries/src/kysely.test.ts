import { CompiledQuery, type Generated, Kysely, PostgresDialect, sql } from 'kysely';
import Cursor from 'pg-cursor';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

interface Database {
  hotels: { id: number; name: string };
  reviews: {
    id: Generated<number>;
    hotel_id: number;
    body: string | null;
    rating: number | null;
    views: Generated<string>;
    tags: Generated<unknown>;
    written_at: Generated<Date>;
    sentiment: string | null;
  };
}

const open = (side: Side) =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool: side.openPool(), cursor: Cursor }) });

const sentimentOf = (column: string) =>
  sql<string | null>`(aws_comprehend.detect_sentiment(${sql.ref(column)}, 'en')).sentiment`;

describe('Kysely', () => {
  const lab = useLab();

  it('reads, writes and gives types as over pg', () =>
    lab.compare(async (side) => {
      const db = open(side);
      const joined = await db
        .selectFrom('reviews as r')
        .innerJoin('hotels as h', 'h.id', 'r.hotel_id')
        .select(['r.id', 'h.name', 'r.views', 'r.tags', 'r.written_at'])
        .where('rating', '>=', 2)
        .orderBy('r.id')
        .execute();
      const added = await db
        .insertInto('reviews')
        .values([
          { hotel_id: 1, body: 'fine', rating: 3, tags: JSON.stringify([{ a: 1 }]) },
          { hotel_id: 2, body: 'quiet', rating: null },
        ])
        .returning(['id', 'tags', 'views'])
        .execute();
      const updated = await db.updateTable('reviews').set({ rating: 4 }).where('body', '=', 'fine').execute();
      const upserted = await db
        .insertInto('hotels')
        .values({ id: 1, name: 'Bellevue Palace' })
        .onConflict((oc) => oc.column('id').doUpdateSet({ name: 'Bellevue' }))
        .executeTakeFirst();
      const deleted = await db.deleteFrom('reviews').where('id', '>', 5).executeTakeFirst();
      const raw = await db.executeQuery(CompiledQuery.raw('select $1::numeric as n, now() is null as b', ['2.50']));
      const tables = await db.introspection.getTables();
      await db.destroy();
      return {
        joined,
        added,
        updated,
        upserted,
        deleted,
        raw,
        tables: tables.filter((t) => t.schema === 'public').map((t) => t.name),
      };
    }));

  it('runs transactions, savepoints and rollbacks as over pg', () =>
    lab.compare(async (side) => {
      const db = open(side);
      const names = () => db.selectFrom('hotels').select('name').orderBy('id').execute();
      const failed = await errorOf(
        db
          .transaction()
          .setIsolationLevel('serializable')
          .execute(async (trx) => {
            await trx.insertInto('hotels').values({ id: 3, name: 'Corona' }).execute();
            await trx.insertInto('hotels').values({ id: 4, name: 'Corona' }).execute();
          }),
      );
      const afterFailure = await names();
      const trx = await db.startTransaction().execute();
      await trx.insertInto('hotels').values({ id: 5, name: 'Excelsior' }).execute();
      const saved = await trx.savepoint('before').execute();
      const inside = await errorOf(saved.insertInto('hotels').values({ id: 5, name: 'Twice' }).execute());
      await saved.rollbackToSavepoint('before').execute();
      await trx.commit().execute();
      const afterCommit = await names();
      await db.deleteFrom('hotels').where('id', '>', 2).execute();
      await db.destroy();
      return { failed, afterFailure, inside, afterCommit };
    }));

  it('streams as over pg', () =>
    lab.compare(async (side) => {
      const db = open(side);
      const ids: number[] = [];
      for await (const { id } of db.selectFrom('reviews').select('id').orderBy('id').stream(2)) ids.push(id);
      for await (const { id } of db.selectFrom('reviews').select('id').orderBy('id').stream(2)) {
        ids.push(id);
        break;
      }
      await db.destroy();
      return ids;
    }));

  it('scores in select, where, group by and streams', async () => {
    const db = open(lab.awsMl);
    const selected = await db
      .selectFrom('reviews')
      .select(['id', sentimentOf('body').as('sentiment')])
      .orderBy('id')
      .execute();
    expect(selected.map((row) => row.sentiment)).toEqual(sentiments);
    const positive = await db
      .selectFrom('reviews as r')
      .innerJoin('hotels as h', 'h.id', 'r.hotel_id')
      .select(['h.name', (eb) => eb.fn.countAll<string>().as('reviews')])
      .where(sentimentOf('r.body'), '=', 'POSITIVE')
      .where('r.rating', '>', 1)
      .groupBy('h.name')
      .orderBy('h.name')
      .execute();
    expect(positive).toEqual([
      { name: 'Astoria', reviews: '1' },
      { name: 'Bellevue', reviews: '1' },
    ]);
    const streamed: unknown[] = [];
    const query = db.selectFrom('reviews').select(sentimentOf('body').as('sentiment')).orderBy('id');
    for await (const row of query.stream(2)) streamed.push(row.sentiment);
    expect(streamed).toEqual(sentiments);
    await db.destroy();
  });

  it('scores in insert … select and update, and takes both back with the transaction', async () => {
    const db = open(lab.awsMl);
    const stored = () => db.selectFrom('reviews').select(['id', 'sentiment']).orderBy('id').execute();
    const before = await stored();
    const trx = await db.startTransaction().execute();
    const [updated] = await trx
      .updateTable('reviews')
      .set({ sentiment: sentimentOf('body') })
      .where('body', 'is not', null)
      .execute();
    expect(updated?.numUpdatedRows).toBe(4n);
    const inserted = await trx
      .insertInto('reviews')
      .columns(['hotel_id', 'sentiment'])
      .expression((eb) =>
        eb
          .selectFrom('reviews')
          .select(['hotel_id', sentimentOf('body').as('s')])
          .where('id', '<', 3),
      )
      .returning('sentiment')
      .execute();
    expect(inserted.map((row) => row.sentiment)).toEqual(['POSITIVE', 'NEGATIVE']);
    await trx.rollback().execute();
    expect(await stored()).toEqual(before);
    await db
      .updateTable('reviews')
      .set({ sentiment: sentimentOf('body') })
      .execute();
    expect((await stored()).map((row) => row.sentiment)).toEqual(sentiments);
    await db.destroy();
  });
});
