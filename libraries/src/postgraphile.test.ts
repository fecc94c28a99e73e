import { graphql } from 'graphql/index.js';
import { createPostGraphileSchema, withPostGraphileContext } from 'postgraphile';
import { describe, expect, it } from 'vitest';
import { type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

async function open(side: Side) {
  const pgPool = side.openPool();
  const schema = await createPostGraphileSchema(pgPool, ['public'], { dynamicJson: true, legacyRelations: 'omit' });
  return (query: string) =>
    withPostGraphileContext({ pgPool }, (context) => graphql(schema, query, null, { ...context }));
}

describe('PostGraphile', () => {
  const lab = useLab();

  it('answers queries and mutations as over pg', () =>
    lab.compare(async (side) => {
      const ask = await open(side);
      return [
        await ask(`{
          allHotels(orderBy: ID_ASC) {
            totalCount
            nodes { name reviewsByHotelId(orderBy: ID_ASC, first: 2) { nodes { id views tags writtenAt } } }
          }
        }`),
        await ask('mutation { createHotel(input: { hotel: { id: 3, name: "Corona" } }) { hotel { id name } } }'),
        await ask('mutation { createHotel(input: { hotel: { id: 4, name: "Corona" } }) { hotel { id } } }'),
        await ask('mutation { deleteHotelById(input: { id: 3 }) { hotel { name } } }'),
      ];
    }));

  it('scores in computed columns, in queries and mutations', async () => {
    await lab.awsMl.openPool().query(`
      CREATE FUNCTION reviews_mood(review reviews) RETURNS text LANGUAGE sql STABLE AS
        $$ SELECT (aws_comprehend.detect_sentiment(review.body, 'en')).sentiment $$;
      CREATE FUNCTION score_reviews() RETURNS SETOF reviews LANGUAGE sql VOLATILE AS
        $$ UPDATE reviews SET sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment RETURNING * $$`);
    const ask = await open(lab.awsMl);
    const { data, errors } = await ask(`{
      allReviews(orderBy: ID_ASC) { nodes { id mood } }
      allHotels(orderBy: ID_ASC) { nodes { reviewsByHotelId(orderBy: ID_ASC) { nodes { id mood } } } }
    }`);
    expect(errors).toBeUndefined();
    const moods = sentiments.map((mood, index) => ({ id: index + 1, mood }));
    expect(data).toEqual({
      allReviews: { nodes: moods },
      allHotels: {
        nodes: [{ reviewsByHotelId: { nodes: moods.slice(0, 2) } }, { reviewsByHotelId: { nodes: moods.slice(2) } }],
      },
    });
    const mutation = await ask('mutation { scoreReviews(input: {}) { reviews { id sentiment } } }');
    expect(mutation.errors).toBeUndefined();
    const stored = await lab.awsMl.openPool().query('select sentiment from reviews order by id');
    expect(stored.rows.map((row) => row.sentiment)).toEqual(sentiments);
  });
});
