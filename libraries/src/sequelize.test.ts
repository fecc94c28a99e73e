import { DataTypes, type Model, type ModelStatic, Op, Sequelize, Transaction } from 'sequelize';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

function open({ pg, database }: Side) {
  const sequelize = new Sequelize(database.connectionString, { dialectModule: pg, logging: false, pool: { max: 3 } });
  const options = { timestamps: false, underscored: true };
  const hotels = sequelize.define(
    'hotels',
    { id: { type: DataTypes.INTEGER, primaryKey: true }, name: DataTypes.TEXT },
    options,
  );
  const reviews = sequelize.define(
    'reviews',
    {
      body: DataTypes.TEXT,
      rating: DataTypes.INTEGER,
      views: DataTypes.BIGINT,
      tags: { type: DataTypes.JSONB, defaultValue: [] },
      writtenAt: DataTypes.DATE,
      sentiment: DataTypes.TEXT,
    },
    options,
  );
  hotels.hasMany(reviews);
  reviews.belongsTo(hotels);
  return { sequelize, hotels, reviews };
}

const plain = (models: Model[]) => models.map((model) => model.get({ plain: true }));

const sentiment = Sequelize.literal("(aws_comprehend.detect_sentiment(body, 'en')).sentiment");

const stored = async (reviews: ModelStatic<Model>) =>
  (await reviews.findAll({ attributes: ['sentiment'], order: ['id'] })).map((review) => review.get('sentiment'));

describe('Sequelize', () => {
  const lab = useLab();

  it('reads, writes and gives types as over pg', () =>
    lab.compare(async (side) => {
      const { sequelize, hotels, reviews } = open(side);
      const all = plain(await reviews.findAll({ include: 'hotel', order: ['id'] }));
      const found = await reviews.findAndCountAll({ where: { rating: { [Op.gte]: 2 } }, limit: 2, order: ['id'] });
      const added = await reviews.create({ hotelId: 1, body: 'fine', views: 2, writtenAt: new Date(0) });
      const [updated] = await reviews.update({ rating: 4 }, { where: { body: 'fine' } });
      const [upserted, created] = await hotels.upsert({ id: 1, name: 'Bellevue' });
      const deleted = await reviews.destroy({ where: { body: 'fine' } });
      const raw = await sequelize.query('select $1::numeric as n', { bind: ['2.50'] });
      const failed = await errorOf(hotels.create({ id: 9, name: 'Bellevue' }));
      const columns = await sequelize.getQueryInterface().describeTable('reviews');
      await sequelize.close();
      return {
        ...{
          all,
          found: [plain(found.rows), found.count],
          added: added.get('tags'),
          updated,
          created,
          deleted,
          columns,
        },
        ...{ upserted: upserted.get('name'), raw: raw[0], failed },
      };
    }));

  it('runs transactions and savepoints as over pg', () =>
    lab.compare(async (side) => {
      const { sequelize, hotels } = open(side);
      const isolationLevel = Transaction.ISOLATION_LEVELS.SERIALIZABLE;
      const failed = await errorOf(
        sequelize.transaction({ isolationLevel }, async (transaction) => {
          await hotels.create({ id: 3, name: 'Corona' }, { transaction });
          const inner = await errorOf(
            sequelize.transaction({ transaction }, (nested) =>
              hotels.create({ id: 3, name: 'Twice' }, { transaction: nested }),
            ),
          );
          expect(await hotels.count({ transaction })).toBe(3);
          expect(inner.name).toBe('SequelizeUniqueConstraintError');
          await hotels.create({ id: 4, name: 'Corona' }, { transaction });
        }),
      );
      const count = await hotels.count();
      await sequelize.close();
      return { failed, count };
    }));

  it('scores in select, where, order by, insert and update', async () => {
    const { sequelize, reviews } = open(lab.awsMl);
    const scored = await reviews.findAll({ attributes: ['id', [sentiment, 'scored']], order: ['id'] });
    expect(scored.map((review) => review.get('scored'))).toEqual(sentiments);
    const negative = await reviews.findAll({ where: Sequelize.where(sentiment, 'NEGATIVE'), order: ['id'], raw: true });
    expect(negative.map((review) => (review as unknown as { id: number }).id)).toEqual([2, 4]);
    const ordered = await reviews.findAll({ attributes: ['id'], order: [[sentiment, 'DESC'], 'id'] });
    expect(ordered.map((review) => review.get('id'))).toEqual([5, 1, 3, 2, 4]);
    const transaction = await sequelize.transaction();
    await reviews.update({ sentiment }, { where: {}, transaction });
    const added = await reviews
      .create({ hotelId: 1, views: 0, sentiment }, { transaction, returning: true })
      .catch((error: Error) => error.message);
    expect(added).toMatch(/column "body" does not exist/);
    await transaction.rollback();
    expect(await stored(reviews)).toEqual([null, null, null, null, null]);
    await reviews.update({ sentiment }, { where: {} });
    expect(await stored(reviews)).toEqual(sentiments);
    await sequelize.close();
  });
});
