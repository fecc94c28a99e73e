import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ExplainSession, openExplainSession } from './explain-session.js';

let session: ExplainSession;

beforeAll(async () => {
  session = await openExplainSession([
    'CREATE TABLE note (id int PRIMARY KEY, body text, lang text, rating int)',
    `INSERT INTO note SELECT i, 'text number ' || (i % 30), 'en', i % 5 FROM generate_series(1, 100) i`,
    'CREATE TABLE copy (id int, mood text)',
    'ANALYZE note',
    `CREATE FUNCTION mood_of(x text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(x, 'en')).sentiment || '' $$`,
    `CREATE FUNCTION mood_in(x text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(x, 'en')).sentiment; END $$`,
  ]);
});

afterAll(() => session.end());
beforeEach(() => {
  session.requests();
});

const batches = (count: number, size: string) =>
  new RegExp(
    `Batch Processing: num batches=${count} avg/min/max batch size=${size} ` +
      String.raw`avg/min/max batch call time=\d+\.\d{3}/\d+\.\d{3}/\d+\.\d{3}$`,
  );

describe('EXPLAIN', () => {
  test('shows the migrated statement and sends nothing', async () => {
    expect(
      await session.plan('EXPLAIN (VERBOSE, COSTS false) SELECT mood_of(public.note.body) FROM public.note'),
    ).toEqual([
      'Nested Loop',
      '  Output: mood_of.mood_of',
      '  ->  Seq Scan on public.note',
      '        Output: note.id, note.body, note.lang, note.rating',
      '  ->  Function Scan on public.mood_of',
      '        Output: mood_of.mood_of',
      '        Function Call: mood_of(note.body)',
    ]);
    expect(session.requests()).toBe(0);
  });

  test('shows an ML function without a wrapper', async () => {
    const plan = await session.plan(
      "EXPLAIN (COSTS false) SELECT (aws_comprehend.detect_sentiment(body, 'en')).* FROM note",
    );
    expect(plan).toEqual(['Nested Loop', '  ->  Seq Scan on note', '  ->  Function Scan on detect_sentiment']);
  });

  test('is the server’s own where migration is switched off', async () => {
    await session.query('SET apg_enable_function_migration = off');
    try {
      expect(await session.plan('EXPLAIN (COSTS false) SELECT mood_of(body) FROM note')).toEqual([
        'Seq Scan on note',
        'ML Calls: one by one (apg_enable_function_migration is off)',
      ]);
    } finally {
      await session.query('RESET apg_enable_function_migration');
    }
  });

  test('takes parameters', async () => {
    const plan = await session.plan('EXPLAIN (COSTS false) SELECT mood_of(body || $2) FROM note WHERE id = $1', [
      3,
      'x',
    ]);
    expect(plan).toContain('  ->  Function Scan on mood_of');
  });

  test('names what stays where it stands', async () => {
    expect(await session.plan('EXPLAIN (COSTS false) SELECT mood_of(random()::text), mood_in(body) FROM note')).toEqual(
      [
        'Seq Scan on note',
        expect.stringContaining('ML Calls: replayed (function public.mood_in is written in plpgsql)'),
        'ML Calls Not Migrated: public.mood_of (an argument is volatile), ' +
          'public.mood_in (the function is written in plpgsql)',
      ],
    );
  });

  test('leaves the server’s plan of a statement without ML calls alone', async () => {
    expect(await session.plan("EXPLAIN (COSTS false) SELECT 'aws_comprehend.detect_sentiment' FROM note")).toEqual([
      'Seq Scan on note',
    ]);
  });

  test('explains a statement that writes, without writing', async () => {
    const plan = await session.plan('EXPLAIN (COSTS false) UPDATE note SET lang = mood_of(body)');
    expect(plan[0]).toBe('Update on note');
    expect((await session.query("SELECT count(*)::int AS n FROM note WHERE lang = 'en'")).rows).toEqual([{ n: 100 }]);
    expect(session.requests()).toBe(0);
  });

  test.each([
    ['EXPLAIN SELECT mood_of(nope) FROM note', '42703', '24'],
    ['EXPLAIN ANALYZE SELECT mood_of(nope) FROM note', '42703', '32'],
    ['EXPLAIN (FOO) SELECT mood_of(body) FROM note', '42601', '10'],
    ['EXPLAIN (ANALYZE, FOO) SELECT mood_of(body) FROM note', '42601', '19'],
  ])('%s fails as the server says', async (sql, code, position) => {
    await expect(session.query(sql)).rejects.toMatchObject({ code, position });
    expect(session.requests()).toBe(0);
  });

  test('asks for the right to call the function', async () => {
    await session.query('CREATE ROLE explainer');
    await session.query('GRANT SELECT ON note TO explainer');
    const client = await session.pool.connect();
    try {
      await client.query('SET ROLE explainer');
      for (const explain of ['EXPLAIN', 'EXPLAIN ANALYZE']) {
        const explained = client.query(`${explain} SELECT mood_of(body) FROM note`);
        await expect(explained).rejects.toMatchObject({
          code: '42501',
          message: 'permission denied for function detect_sentiment',
        });
      }
      await client.query('RESET ROLE');
      await client.query('DROP OWNED BY explainer');
      await client.query('DROP ROLE explainer');
    } finally {
      client.release();
    }
    expect(session.requests()).toBe(0);
  });
});

describe('EXPLAIN ANALYZE', () => {
  test('shows the batches below the Function Scan', async () => {
    const plan = await session.plan('EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT mood_of(body) FROM note');
    const at = plan.findIndex((line) => line.startsWith('  ->  Function Scan on mood_of (actual'));
    expect(plan[at]).toMatch(/loops=100\)$/);
    expect(plan[at + 1]).toMatch(batches(2, '15.000/5.000/25.000'));
    expect(plan[at + 1]).toMatch(/^ {8}Batch/);
    expect(plan[at + 2]).toBe('        Inputs: 100  Distinct Inputs: 30  Requests: 2  Retries: 0');
    expect(plan.at(-1)).toMatch(/^Execution Time: /);
    expect(session.requests()).toBe(2);
  });

  test('sends no more than a LIMIT needs', async () => {
    const plan = await session.plan(
      'EXPLAIN (VERBOSE, ANALYZE) SELECT mood_of(body) FROM note ORDER BY id DESC LIMIT 5',
    );
    expect(plan.find((line) => line.includes('Batch Processing'))).toMatch(batches(1, '5.000/5.000/5.000'));
    expect(plan.find((line) => line.includes('Function Scan'))).toMatch(/loops=5\)$/);
    expect(plan.find((line) => line.includes('Function Call'))).toContain('mood_of(body)');
  });

  test('counts only the rows that reach a branch', async () => {
    const plan = await session.plan(
      'EXPLAIN (ANALYZE, COSTS off) SELECT CASE WHEN rating = 4 THEN mood_of(body) END FROM note',
    );
    expect(plan.find((line) => line.includes('Batch Processing'))).toMatch(batches(1, '6.000/6.000/6.000'));
    expect(plan.find((line) => line.includes('One-Time Filter'))).toContain('(note.rating = 4)');
  });

  test('says which calls share batches', async () => {
    const plan = await session.plan(
      "EXPLAIN ANALYZE SELECT mood_of(body), (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM note",
    );
    expect(plan.filter((line) => line.includes('Batch Processing'))).toHaveLength(1);
    expect(plan.filter((line) => line.includes('Batches Shared With: '))).toHaveLength(1);
    expect(session.requests()).toBe(2);
  });

  test('counts for each target apart', async () => {
    const plan = await session.plan(
      `EXPLAIN ANALYZE SELECT mood_of(body), (aws_comprehend.detect_sentiment(body, 'fr')).confidence FROM note
       WHERE id <= 3`,
    );
    const lines = plan.filter((line) => line.includes('Batch Processing'));
    expect(lines).toEqual([
      expect.stringMatching(batches(1, '3.000/3.000/3.000')),
      expect.stringMatching(batches(1, '3.000/3.000/3.000')),
    ]);
  });

  test('writes once', async () => {
    const plan = await session.plan(
      'EXPLAIN ANALYZE INSERT INTO copy SELECT id, mood_of(body) FROM note WHERE id <= 3',
    );
    expect(plan.some((line) => line.includes('Function Scan on mood_of'))).toBe(true);
    const { rows } = await session.query('DELETE FROM copy RETURNING id, mood IS NOT NULL AS known');
    expect(rows).toEqual([1, 2, 3].map((id) => ({ id, known: true })));
    expect(session.requests()).toBe(1);
  });

  test('updates once, and shows the batches of calls that stay', async () => {
    const plan = await session.plan('EXPLAIN ANALYZE UPDATE note SET lang = lang || mood_of(body) WHERE id <= 4');
    expect(plan[0]).toMatch(/^Update on note/);
    expect(plan.find((line) => line.includes('Batch Processing'))).toMatch(batches(1, '4.000/4.000/4.000'));
    const { rows } = await session.query(
      "UPDATE note SET lang = 'en' WHERE lang <> 'en' RETURNING length(lang) AS length",
    );
    expect(rows).toHaveLength(4);
    expect(session.requests()).toBe(1);
  });

  test('replays what cannot be split', async () => {
    const plan = await session.plan(
      'EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT mood_in(body) FROM note WHERE id <= 7',
    );
    expect(plan[0]).toMatch(/actual rows=7/);
    expect(plan.find((line) => line.includes('Batch Processing'))).toMatch(batches(1, '7.000/7.000/7.000'));
    expect(plan.some((line) => line.startsWith('ML Calls: replayed ('))).toBe(true);
    expect(session.requests()).toBe(1);
  });

  test('shows calls one by one where migration is switched off', async () => {
    await session.query('SET apg_enable_function_migration = off');
    try {
      const plan = await session.plan('EXPLAIN ANALYZE SELECT mood_of(body) FROM note LIMIT 3');
      // Nothing is batched.
      expect(plan.some((line) => line.includes('Batch Processing'))).toBe(false);
      expect(plan.find((line) => line.includes('Requests:'))).toMatch(/Inputs: 3 {2}Distinct Inputs: 3 {2}Requests: 3/);
      expect(plan.some((line) => line.includes('Function Scan'))).toBe(false);
    } finally {
      await session.query('RESET apg_enable_function_migration');
    }
  });

  test('explains a prepared statement', async () => {
    const client = await session.pool.connect();
    try {
      await client.query('PREPARE prepared(int) AS SELECT mood_of(body) FROM note WHERE id <= $1');
      const { rows } = await client.query({ text: 'EXPLAIN ANALYZE EXECUTE prepared(2)', rowMode: 'array' });
      expect(rows.map(([line]) => line).find((line) => line.includes('Batch'))).toMatch(
        batches(1, '2.000/2.000/2.000'),
      );
      await client.query('DEALLOCATE prepared');
    } finally {
      client.release();
    }
  });

  test('leaves a transaction block as it was', async () => {
    const client = await session.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO copy VALUES (1)');
      const setting = async () => (await client.query('SHOW max_parallel_workers_per_gather')).rows;
      const before = await setting();
      await client.query('EXPLAIN ANALYZE SELECT mood_of(body) FROM note');
      await client.query('EXPLAIN ANALYZE INSERT INTO copy SELECT id, mood_of(body) FROM note WHERE id < 3');
      expect(await setting()).toEqual(before);
      expect((await client.query('SELECT count(*)::int AS n FROM copy')).rows).toEqual([{ n: 3 }]);
      await client.query('ROLLBACK');
      expect((await client.query('SELECT count(*)::int AS n FROM copy')).rows).toEqual([{ n: 0 }]);
    } finally {
      client.release();
    }
  });

  test('shows batches in a read-only transaction too', async () => {
    const client = await session.pool.connect();
    try {
      await client.query('BEGIN READ ONLY');
      const { rows } = await client.query({ text: 'EXPLAIN ANALYZE SELECT mood_of(body) FROM note', rowMode: 'array' });
      const plan = rows.map(([line]) => line as string);
      expect(plan).toContain('ML Results: NULL in this plan (the transaction is read-only)');
      expect(plan.find((line) => line.includes('Batch Processing'))).toMatch(batches(2, '15.000/5.000/25.000'));
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  });

  test('fails as the statement does when a service fails, and leaves nothing behind', async () => {
    session.services.setFaults({ comprehend: { accessDenied: true } });
    try {
      await expect(
        session.query('EXPLAIN ANALYZE INSERT INTO copy SELECT id, mood_of(body) FROM note'),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^38/) });
    } finally {
      session.services.setFaults({});
    }
    expect((await session.query('SELECT count(*)::int AS n FROM copy')).rows).toEqual([{ n: 0 }]);
  });
});
