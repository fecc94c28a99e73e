import { PrismaPg } from '@prisma/adapter-pg';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Kysely, sql as kyselySql, PostgresDialect } from 'kysely';
import { describe, expect, it } from 'vitest';
import { errorOf, useLab } from './lab/lab.js';

// What docs/orms.md says.

const whole = `SELECT aws_comprehend.detect_sentiment('A wonderful stay', 'en') AS s`;
const asObject = `SELECT to_json(aws_comprehend.detect_sentiment(body, 'en')) AS s FROM reviews ORDER BY id`;
const inFrom = `SELECT to_json(s) AS s FROM reviews, aws_comprehend.detect_sentiment(body, 'en') AS s ORDER BY id`;

describe('a whole detect_sentiment', () => {
  const lab = useLab();
  const prisma = () => new PrismaPg(lab.awsMl.openPool()).connect();

  it('is a text for pg, and for what passes on what pg gives', async () => {
    const pool = lab.awsMl.openPool();
    const text = /^\(POSITIVE,0\.\d+\)$/;
    expect((await pool.query(whole)).rows[0].s).toMatch(text);
    expect((await drizzle(pool).execute(sql.raw(whole))).rows[0]?.s).toMatch(text);
    const kysely = new Kysely({ dialect: new PostgresDialect({ pool }) });
    expect((await kyselySql.raw<{ s: string }>(whole).execute(kysely)).rows[0]?.s).toMatch(text);
  });

  it('is refused by Prisma, whose adapter knows no type record', async () => {
    const adapter = await prisma();
    const error = await errorOf(adapter.queryRaw({ sql: whole, args: [], argTypes: [] }));
    expect(JSON.stringify(error)).toMatch(/UnsupportedNativeDataType|Unsupported/);
  });

  it.each([asObject, inFrom])('is an object through to_json, in batches: %s', async (query) => {
    const pool = lab.awsMl.openPool();
    const positive = { sentiment: 'POSITIVE', confidence: expect.any(Number) };
    lab.services.resetRequests();
    const { rows } = await pool.query(query);
    expect(rows[0].s).toEqual(positive);
    expect(rows).toHaveLength(5);
    expect(lab.services.requests.total('comprehend')).toBe(1);
    expect((await drizzle(pool).execute(sql.raw(query))).rows[0]?.s).toEqual(positive);
    const adapter = await prisma();
    const answer = await adapter.queryRaw({ sql: query, args: [], argTypes: [] });
    expect(JSON.parse(String(answer.rows[0]?.[0]))).toEqual(positive);
  });

  it('is refused by the server where a library connects by itself', async () => {
    const around = drizzle(lab.awsMl.database.connectionString);
    const error = await around.execute(sql.raw(whole)).catch((thrown) => thrown);
    expect(error.cause).toMatchObject({ code: '0A000', hint: expect.stringContaining('pg-aws-ml') });
    await around.$client.end();
  });
});
