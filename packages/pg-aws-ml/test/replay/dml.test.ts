import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverVersion } from '../support/postgres.js';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`DROP TABLE IF EXISTS notes, moods CASCADE;
    CREATE TABLE notes (id int PRIMARY KEY, body text, mood text, confidence float4, seen int DEFAULT 0);
    CREATE TABLE moods (id int PRIMARY KEY, mood text, note text);
    INSERT INTO notes (id, body) SELECT i, CASE i % 3 WHEN 0 THEN 'bad ' ELSE 'good ' END || i FROM generate_series(1, 30) i`);
  app.requests();
});

describe('UPDATE', () => {
  it('sends one input a row for two fields of one call', async () => {
    const { rowCount, command } = await app.pool.query(
      `UPDATE notes SET mood = ${mood('body')}, confidence = (aws_comprehend.detect_sentiment(body, 'en')).confidence,
       seen = seen + 1 WHERE id <= 25`,
    );
    expect([command, rowCount]).toEqual(['UPDATE', 25]);
    expect(app.requests()).toEqual([25]);
    expect(
      await app.rows(`SELECT mood, count(*)::int, min(seen), count(confidence)::int FROM notes GROUP BY 1 ORDER BY 1`),
    ).toEqual([
      ['NEGATIVE', 8, 1, 8],
      ['POSITIVE', 17, 1, 17],
      [null, 5, 0, 0],
    ]);
  });

  it('sends only the rows that the other conditions leave', async () => {
    await app.pool.query(`UPDATE notes SET seen = 9 WHERE ${mood('body')} = 'NEGATIVE' AND id > 20`);
    expect(app.requests()).toEqual([10]);
    expect(await app.rows(`SELECT id FROM notes WHERE seen = 9 ORDER BY id`)).toEqual([[21], [24], [27], [30]]);
  });

  it('sends only the rows that reach a branch', async () => {
    await app.pool.query(`UPDATE notes SET mood = CASE WHEN id > 28 THEN ${mood('body')} ELSE 'old' END`);
    expect(app.requests()).toEqual([2]);
  });

  it('takes parameters, FROM and RETURNING', async () => {
    const rows = await app.rows(
      `UPDATE notes n SET mood = ${mood('n.body || $1')} FROM (VALUES (1), (2)) v (id) WHERE n.id = v.id AND n.seen = $2
       RETURNING n.id, n.mood, ${mood('n.body')} AS before`,
      [' bad', 0],
    );
    expect(rows.sort()).toEqual([
      [1, 'NEGATIVE', 'POSITIVE'],
      [2, 'NEGATIVE', 'POSITIVE'],
    ]);
    expect(app.requests()).toEqual([4]);
  });

  it('computes RETURNING over what it has set', async () => {
    expect(await app.rows(`UPDATE notes SET body = 'bad news' WHERE id = 1 RETURNING ${mood('body')}`)).toEqual([
      ['NEGATIVE'],
    ]);
    expect(app.requests()).toEqual([1]);
  });

  it('assigns several columns from one row', async () => {
    await app.pool.query(`UPDATE notes SET (mood, seen) = (${mood('body')}, 5) WHERE id < 3`);
    await app.pool.query(`UPDATE notes SET (mood, seen) = (SELECT ${mood('body')}, 6) WHERE id = 3`);
    expect(app.requests()).toEqual([2, 1]);
    expect(await app.rows(`SELECT mood, seen FROM notes WHERE id < 4 ORDER BY id`)).toEqual([
      ['POSITIVE', 5],
      ['POSITIVE', 5],
      ['NEGATIVE', 6],
    ]);
  });
});

describe('row locks and LIMIT', () => {
  const claimed = `SELECT id FROM notes WHERE mood IS NULL AND ${mood('body')} = 'NEGATIVE' ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED`;
  beforeEach(async () => {
    await app.pool.query(
      `INSERT INTO notes (id, body) SELECT i, 'good ' || i FROM generate_series(31, 500) i; ANALYZE notes`,
    );
    app.requests();
  });

  it('ask about no more rows than the LIMIT needs', async () => {
    expect((await app.rows(claimed)).flat()).toEqual([3, 6, 9]);
    expect(app.requests()).toEqual([25]);
  });

  it('so in the subquery of an UPDATE', async () => {
    const rows = await app.rows(`UPDATE notes SET mood = ${mood('body')} WHERE id IN (${claimed}) RETURNING id, mood`);
    expect(rows.sort()).toEqual([
      [3, 'NEGATIVE'],
      [6, 'NEGATIVE'],
      [9, 'NEGATIVE'],
    ]);
    expect(app.requests()).toEqual([25]);
  });

  it('skip what others have locked', async () => {
    const other = await app.pool.connect();
    try {
      await other.query('BEGIN; SELECT FROM notes WHERE id IN (3, 9) FOR UPDATE');
      expect((await app.rows(claimed)).flat()).toEqual([6, 12, 15]);
      await other.query('COMMIT');
    } finally {
      other.release();
    }
  });

  it('hold the rows until the transaction ends', async () => {
    const other = await app.pool.connect();
    try {
      await other.query('BEGIN');
      expect((await app.rows(claimed, [], other)).flat()).toEqual([3, 6, 9]);
      expect((await app.rows(claimed)).flat()).toEqual([12, 15, 18]);
      await other.query('COMMIT');
    } finally {
      other.release();
    }
  });
});

describe('DELETE', () => {
  it('deletes by an ML predicate and returns a call', async () => {
    const { rows, rowCount } = await app.pool.query(
      `DELETE FROM notes WHERE id < 7 AND ${mood('body')} = 'NEGATIVE' RETURNING id, ${mood(`'was ' || body`)} AS m`,
    );
    expect(rowCount).toBe(2);
    expect(rows).toEqual([
      { id: 3, m: 'NEGATIVE' },
      { id: 6, m: 'NEGATIVE' },
    ]);
    expect(app.requests()).toEqual([6, 2]);
  });
});

describe('INSERT', () => {
  it('makes calls in ON CONFLICT and RETURNING', async () => {
    await app.pool.query(`INSERT INTO moods VALUES (1, 'old')`);
    const rows = await app.rows(
      `INSERT INTO moods (id, note) SELECT id, body FROM notes WHERE id < 4
       ON CONFLICT (id) DO UPDATE SET mood = ${mood('excluded.note')} RETURNING id, mood, ${mood(`'bad ' || id`)}`,
    );
    expect(rows).toEqual([
      [1, 'POSITIVE', 'NEGATIVE'],
      [2, null, 'NEGATIVE'],
      [3, null, 'NEGATIVE'],
    ]);
    expect(app.requests().reduce((a, b) => a + b)).toBe(4);
  });
});

// PostgreSQL 14 has no MERGE.
describe.skipIf(serverVersion() < 15)('MERGE', () => {
  it('computes only the action of each row', async () => {
    await app.pool.query(`INSERT INTO moods VALUES (1, 'old'), (2, 'old')`);
    await app.pool.query(
      `MERGE INTO moods m USING (SELECT * FROM notes WHERE id < 5) n ON m.id = n.id
       WHEN MATCHED AND n.id = 1 THEN DELETE
       WHEN MATCHED THEN UPDATE SET mood = ${mood('n.body')}
       WHEN NOT MATCHED THEN INSERT (id, mood) VALUES (n.id, ${mood('n.body')})`,
    );
    expect(app.requests().reduce((a, b) => a + b)).toBe(3);
    expect(await app.rows(`SELECT id, mood FROM moods ORDER BY id`)).toEqual([
      [2, 'POSITIVE'],
      [3, 'NEGATIVE'],
      [4, 'POSITIVE'],
    ]);
  });
});

describe('a data-modifying WITH', () => {
  it('changes its table once', async () => {
    const rows = await app.rows(
      `WITH u AS (UPDATE notes SET seen = seen + 1 WHERE id < 3 RETURNING id, body, seen)
       SELECT id, seen, ${mood('body')} FROM u ORDER BY id`,
    );
    expect(rows).toEqual([
      [1, 1, 'POSITIVE'],
      [2, 1, 'POSITIVE'],
    ]);
    expect(await app.rows(`SELECT sum(seen)::int FROM notes`)).toEqual([[2]]);
    expect(app.requests()).toEqual([2]);
  });
});

describe('a materialized view', () => {
  it('is filled and refreshed, concurrently too', async () => {
    await app.pool.query(`CREATE MATERIALIZED VIEW m AS SELECT id, ${mood('body')} AS mood FROM notes WHERE id < 4`);
    expect(app.requests()).toEqual([3]);
    await app.pool.query(`CREATE UNIQUE INDEX ON m (id); UPDATE notes SET body = 'bad' WHERE id = 1`);
    await app.pool.query(`REFRESH MATERIALIZED VIEW CONCURRENTLY m`);
    expect(app.requests()).toEqual([3]);
    await app.pool.query(`REFRESH MATERIALIZED VIEW m`);
    expect(app.requests()).toEqual([3]);
    expect(await app.rows(`SELECT * FROM m ORDER BY id`)).toEqual([
      [1, 'NEGATIVE'],
      [2, 'POSITIVE'],
      [3, 'NEGATIVE'],
    ]);
    await app.pool.query(`REFRESH MATERIALIZED VIEW m WITH NO DATA`);
    expect(app.requests()).toEqual([]);
  });
});

describe('other writers', () => {
  it('are not locked out while the service answers, and never make a wrong value stick', async () => {
    const other = new pg.Client({ ...app.database });
    await other.connect();
    app.services.setFaults({ comprehend: { latencyMs: 3_000 } });
    try {
      const updating = app.pool.query(`UPDATE notes SET mood = ${mood('body')} WHERE id < 3`);
      await expect.poll(() => app.services.requests.inFlight(), { timeout: 60_000 }).toBeGreaterThan(0);
      await other.query(`SET lock_timeout = '1s'`);
      await other.query(`UPDATE notes SET body = 'bad after all' WHERE id = 1`);
      await updating;
    } finally {
      app.services.setFaults();
      await other.end();
    }
    expect(await app.rows(`SELECT mood FROM notes WHERE id < 3 ORDER BY id`)).toEqual([['NEGATIVE'], ['POSITIVE']]);
    expect(app.requests()).toEqual([2, 1]);
  });
});

describe('a failure', () => {
  it('leaves no trace, and is the error of the service', async () => {
    await expect(
      app.pool.query(`UPDATE notes SET mood = aws_sagemaker.invoke_endpoint('nowhere', NULL, id)`),
    ).rejects.toMatchObject({ code: '38000', severity: 'ERROR' });
    expect(await app.rows(`SELECT count(mood)::int FROM notes`)).toEqual([[0]]);
    expect(
      await app.rows(`SELECT count(*)::int FROM pg_class WHERE relname LIKE 'aws_ml_%' AND relpersistence = 't'`),
    ).toEqual([[0]]);
  });

  it('comes before any request where the server refuses the statement', async () => {
    app.requests();
    const refusals: [string, string][] = [
      [`UPDATE notes SET mod = ${mood('body')}`, '42703'],
      [`UPDATE notes SET seen = ${mood('body')}`, '42804'],
      [`BEGIN READ ONLY; UPDATE notes SET mood = ${mood('body')}`, '25006'],
    ];
    for (const [sql, code] of refusals) {
      const client = await app.pool.connect();
      await expect(client.query(sql)).rejects.toMatchObject({ code });
      await client.query('ROLLBACK');
      client.release();
    }
    expect(app.requests()).toEqual([]);
  });
});
