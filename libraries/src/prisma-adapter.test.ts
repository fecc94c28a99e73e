import { PrismaPg } from '@prisma/adapter-pg';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

// Prisma's client itself is generated code and hundreds of megabytes of tools; what reaches pg is this adapter.

type ArgType = { scalarType: 'int' | 'string'; arity: 'scalar' };
const query = (sql: string, args: unknown[] = []) => ({
  sql,
  args,
  argTypes: args.map((arg): ArgType => ({ scalarType: typeof arg === 'number' ? 'int' : 'string', arity: 'scalar' })),
});

const open = (side: Side) => new PrismaPg(side.openPool()).connect();

const scored = `(aws_comprehend.detect_sentiment("public"."reviews"."body", 'en')).sentiment`;

describe("Prisma's adapter", () => {
  const lab = useLab();

  it('takes the pool for what it is', async () => {
    const pool = lab.awsMl.openPool();
    const adapter = await new PrismaPg(pool).connect();
    expect(adapter.underlyingDriver()).toBe(pool);
  });

  it('queries and gives types as over pg', () =>
    lab.compare(async (side) => {
      const adapter = await open(side);
      const all = await adapter.queryRaw(
        query('SELECT "public"."reviews".* FROM "public"."reviews" WHERE rating >= $1 ORDER BY id LIMIT $2', [2, 10]),
      );
      const types = await adapter.queryRaw(
        query(`SELECT 1.5::numeric AS n, now()::date = now()::date AS b, '{1,2}'::int8[] AS l, '\\xff'::bytea AS y`),
      );
      const affected = await adapter.executeRaw(query('UPDATE reviews SET views = views + $1', [1]));
      await adapter.executeScript('CREATE TABLE notes (a int); DROP TABLE notes');
      const unique = await errorOf(adapter.executeRaw(query('INSERT INTO hotels VALUES ($1, $2)', [1, 'x'])));
      const syntax = await errorOf(adapter.queryRaw(query('SELECT FROM WHERE')));
      return { all, types, affected, unique, syntax };
    }));

  it('runs transactions as over pg', () =>
    lab.compare(async (side) => {
      const adapter = await open(side);
      const count = async () => (await adapter.queryRaw(query('SELECT count(*) FROM hotels'))).rows;
      const undone = await adapter.startTransaction('SERIALIZABLE');
      await undone.executeRaw(query('INSERT INTO hotels VALUES ($1, $2)', [3, 'Corona']));
      const level = await undone.queryRaw(query('SHOW transaction_isolation'));
      await undone.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] });
      await undone.rollback();
      const afterRollback = await count();
      const done = await adapter.startTransaction();
      await done.executeRaw(query('INSERT INTO hotels VALUES ($1, $2)', [3, 'Corona']));
      await done.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] });
      await done.commit();
      const afterCommit = await count();
      await adapter.executeRaw(query('DELETE FROM hotels WHERE id = $1', [3]));
      return { level: level.rows, afterRollback, afterCommit };
    }));

  it('scores in raw queries, also in a transaction', async () => {
    const adapter = await open(lab.awsMl);
    const { rows, columnNames, columnTypes } = await adapter.queryRaw(
      query(`SELECT id, ${scored} AS s FROM "public"."reviews" ORDER BY id OFFSET $1`, [0]),
    );
    expect(columnNames).toEqual(['id', 's']);
    expect(columnTypes).toHaveLength(2);
    expect(rows.map((row) => row[1])).toEqual(sentiments);
    const transaction = await adapter.startTransaction();
    expect(await transaction.executeRaw(query(`UPDATE reviews SET sentiment = ${scored} WHERE rating < $1`, [9]))).toBe(
      5,
    );
    await transaction.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] });
    await transaction.commit();
    const stored = await adapter.queryRaw(query('SELECT sentiment FROM reviews ORDER BY id'));
    expect(stored.rows.flat()).toEqual(sentiments);
  });
});
