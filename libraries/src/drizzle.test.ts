import { asc, eq, gte, relations, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, integer, jsonb, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

const hotels = pgTable('hotels', { id: integer().primaryKey(), name: text().notNull() });
const reviews = pgTable('reviews', {
  id: serial().primaryKey(),
  hotelId: integer('hotel_id').notNull(),
  body: text(),
  rating: integer(),
  views: bigint({ mode: 'bigint' }).notNull().default(0n),
  tags: jsonb().$type<string[]>().notNull().default([]),
  writtenAt: timestamp('written_at', { withTimezone: true }).notNull().defaultNow(),
  sentiment: text(),
});
const hotelRelations = relations(hotels, ({ many }) => ({ reviews: many(reviews) }));
const reviewRelations = relations(reviews, ({ one }) => ({
  hotel: one(hotels, { fields: [reviews.hotelId], references: [hotels.id] }),
}));

const open = (side: Side) =>
  drizzle(side.openPool(), { schema: { hotels, reviews, hotelRelations, reviewRelations }, casing: 'snake_case' });

const sentiment = sql<string | null>`(aws_comprehend.detect_sentiment(${reviews.body}, 'en')).sentiment`;

describe('Drizzle', () => {
  const lab = useLab();

  it('reads, writes and gives types as over pg', () =>
    lab.compare(async (side) => {
      const db = open(side);
      const all = await db.select().from(reviews).orderBy(asc(reviews.id));
      const joined = await db
        .select({ hotel: hotels.name, rating: reviews.rating })
        .from(reviews)
        .leftJoin(hotels, eq(hotels.id, reviews.hotelId))
        .where(gte(reviews.rating, 4))
        .orderBy(asc(reviews.id));
      const nested = await db.query.hotels.findMany({ with: { reviews: { columns: { id: true, views: true } } } });
      const prepared = db
        .select({ id: reviews.id })
        .from(reviews)
        .where(eq(reviews.rating, sql.placeholder('rating')))
        .prepare('by_rating');
      const found = [await prepared.execute({ rating: 5 }), await prepared.execute({ rating: 1 })];
      const added = await db.insert(reviews).values({ hotelId: 1, body: 'fine', views: 2n }).returning();
      const deleted = await db.delete(reviews).where(eq(reviews.body, 'fine'));
      const raw = await db.execute(sql`select ${1}::int8 as a, now() > '-infinity' as b`);
      return {
        ...{ all, joined, nested, found, raw: [raw.rows, raw.fields.map((field) => field.dataTypeID)] },
        ...{ added: added.map(({ views, tags }) => ({ views, tags })), deleted: [deleted.command, deleted.rowCount] },
      };
    }));

  it('runs transactions, nested ones and errors as over pg', () =>
    lab.compare(async (side) => {
      const db = open(side);
      const kept = await db.transaction(async (tx) => {
        await tx.insert(hotels).values({ id: 3, name: 'Corona' });
        const inner = await errorOf(
          tx.transaction(async (nested) => {
            await nested.insert(hotels).values({ id: 4, name: 'Excelsior' });
            await nested.insert(hotels).values({ id: 3, name: 'Twice' });
          }),
        );
        return [inner, await tx.select().from(hotels).orderBy(hotels.id)];
      });
      const undone = await errorOf(
        db.transaction(
          async (tx) => {
            await tx.delete(reviews);
            tx.rollback();
          },
          { isolationLevel: 'repeatable read' },
        ),
      );
      const counts = [await db.$count(hotels), await db.$count(reviews)];
      await db.delete(hotels).where(eq(hotels.id, 3));
      return { kept, undone, counts };
    }));

  it('scores in select, where, prepared statements and relational queries', async () => {
    const db = open(lab.awsMl);
    const selected = await db.select({ id: reviews.id, sentiment }).from(reviews).orderBy(reviews.id);
    expect(selected.map((row) => row.sentiment)).toEqual(sentiments);
    const prepared = db
      .select({ id: reviews.id, sentiment })
      .from(reviews)
      .where(sql`${sentiment} = ${sql.placeholder('wanted')}`)
      .orderBy(reviews.id)
      .prepare('by_sentiment');
    expect((await prepared.execute({ wanted: 'NEGATIVE' })).map((row) => row.id)).toEqual([2, 4]);
    expect((await prepared.execute({ wanted: 'POSITIVE' })).map((row) => row.id)).toEqual([1, 3]);
    const nested = await db.query.hotels.findMany({
      columns: { name: true },
      orderBy: asc(hotels.id),
      with: {
        reviews: { columns: { id: true }, extras: { scored: sentiment.as('scored') }, orderBy: asc(reviews.id) },
      },
    });
    expect(nested).toEqual([
      {
        name: 'Bellevue',
        reviews: [
          { id: 1, scored: 'POSITIVE' },
          { id: 2, scored: 'NEGATIVE' },
        ],
      },
      {
        name: 'Astoria',
        reviews: [
          { id: 3, scored: 'POSITIVE' },
          { id: 4, scored: 'NEGATIVE' },
          { id: 5, scored: null },
        ],
      },
    ]);
  });

  it('scores in insert, insert … select and update within a transaction', async () => {
    const db = open(lab.awsMl);
    const stored = async () =>
      (await db.select({ sentiment: reviews.sentiment }).from(reviews).orderBy(reviews.id)).map((row) => row.sentiment);
    await db
      .transaction(async (tx) => {
        await tx.update(reviews).set({ sentiment });
        const scored = sql`(aws_comprehend.detect_sentiment(${'I love it'}, 'en')).sentiment`;
        const added = await tx.insert(reviews).values({ hotelId: 1, sentiment: scored }).returning();
        expect(added[0]?.sentiment).toBe('POSITIVE');
        tx.rollback();
      })
      .catch(() => {});
    expect(await stored()).toEqual([null, null, null, null, null]);
    await db.update(reviews).set({ sentiment });
    expect(await stored()).toEqual(sentiments);
  });
});
