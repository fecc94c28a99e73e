import { DataSource, EntitySchema } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

interface Hotel {
  id: number;
  name: string;
  reviews?: Review[];
}
interface Review {
  id: number;
  hotel: Hotel;
  body: string | null;
  rating: number | null;
  views: string;
  tags: unknown;
  writtenAt: Date;
  sentiment: string | null;
}

const hotels = new EntitySchema<Hotel>({
  name: 'hotels',
  columns: { id: { type: 'int', primary: true }, name: { type: 'text' } },
  relations: { reviews: { type: 'one-to-many', target: 'reviews', inverseSide: 'hotel' } },
});
const reviews = new EntitySchema<Review>({
  name: 'reviews',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    body: { type: 'text', nullable: true },
    rating: { type: 'int', nullable: true },
    views: { type: 'bigint', default: 0 },
    tags: { type: 'jsonb', default: [] },
    writtenAt: { type: 'timestamptz', name: 'written_at', createDate: true },
    sentiment: { type: 'text', nullable: true },
  },
  relations: { hotel: { type: 'many-to-one', target: 'hotels', joinColumn: { name: 'hotel_id' } } },
});

const open = ({ pg, database }: Side) =>
  new DataSource({
    type: 'postgres',
    driver: pg,
    url: database.connectionString,
    entities: [hotels, reviews],
    extra: { max: 3 },
  }).initialize();

const scored = (column: string) => `(aws_comprehend.detect_sentiment(${column}, 'en')).sentiment`;

describe('TypeORM', () => {
  const lab = useLab();

  it('reads, writes and gives types as over pg', () =>
    lab.compare(async (side) => {
      const source = await open(side);
      const repository = source.getRepository(reviews);
      const all = await repository.find({ relations: { hotel: true }, order: { id: 'ASC' } });
      const [page, total] = await repository.findAndCount({ take: 2, skip: 1, order: { id: 'DESC' } });
      const saved = await repository.save({ hotel: { id: 1 }, body: 'fine', writtenAt: new Date(0) } as Review);
      const updated = await repository.update({ body: 'fine' }, { rating: 4 });
      const removed = await repository.delete({ body: 'fine' });
      const built = await source
        .createQueryBuilder(hotels, 'h')
        .leftJoinAndSelect('h.reviews', 'r')
        .where('r.rating > :least', { least: 1 })
        .orderBy('r.id')
        .getMany();
      const raw = await source.query('select $1::numeric as n', ['2.50']);
      const failed = await errorOf(repository.insert({ hotel: { id: 1 }, rating: 6 }));
      await source.destroy();
      return { all, page, total, saved: saved.views, updated, removed, built, raw, failed };
    }));

  it('runs transactions and nested ones as over pg', () =>
    lab.compare(async (side) => {
      const source = await open(side);
      const failed = await errorOf(
        source.transaction('SERIALIZABLE', async (manager) => {
          await manager.insert(hotels, { id: 3, name: 'Corona' });
          await errorOf(manager.transaction((nested) => nested.insert(hotels, { id: 3, name: 'Twice' })));
          expect(await manager.count(hotels)).toBe(3);
          await manager.insert(hotels, { id: 4, name: 'Corona' });
        }),
      );
      const count = await source.manager.count(hotels);
      await source.destroy();
      return { failed, count };
    }));

  it('streams as over pg', () =>
    lab.compare(async (side) => {
      const source = await open(side);
      const rows: unknown[] = [];
      const runner = source.createQueryRunner();
      const stream = await runner.stream('select id, rating from reviews where id > $1 order by id', [1]);
      for await (const row of stream) rows.push(row);
      await runner.release();
      await source.destroy();
      return rows;
    }));

  it('scores in select, where, insert, update and streams', async () => {
    const source = await open(lab.awsMl);
    const repository = source.getRepository(reviews);
    const rows = await repository
      .createQueryBuilder('r')
      .select(['r.id'])
      .addSelect(scored('r.body'), 'scored')
      .leftJoin('r.hotel', 'h')
      .addSelect('h.name')
      .orderBy('r.id')
      .getRawMany();
    expect(rows.map((row) => row.scored)).toEqual(sentiments);
    const found = await repository
      .createQueryBuilder('r')
      .innerJoinAndSelect('r.hotel', 'h')
      .where(`${scored('r.body')} = :wanted`, { wanted: 'POSITIVE' })
      .orderBy('r.id')
      .getMany();
    expect(found.map((review) => [review.id, review.hotel.name])).toEqual([
      [1, 'Bellevue'],
      [3, 'Astoria'],
    ]);
    const stream = await repository.createQueryBuilder('r').select(scored('r.body'), 's').orderBy('r.id').stream();
    const streamed: unknown[] = [];
    for await (const row of stream) streamed.push((row as unknown as { s: unknown }).s);
    expect(streamed).toEqual(sentiments);
    await source.transaction(async (manager) => {
      await manager.updateAll(reviews, { sentiment: () => scored('body') });
      const added = await manager
        .createQueryBuilder()
        .insert()
        .into(reviews)
        .values({ hotel: { id: 1 }, sentiment: () => scored("'I love it'") })
        .returning('sentiment')
        .execute();
      expect(added.raw).toEqual([{ sentiment: 'POSITIVE' }]);
    });
    const stored = await repository.find({ select: { id: true, sentiment: true }, order: { id: 'ASC' } });
    expect(stored.map((review) => review.sentiment)).toEqual([...sentiments, 'POSITIVE']);
    await source.destroy();
  });
});
