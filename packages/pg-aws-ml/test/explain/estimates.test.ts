import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ExplainSession, openExplainSession } from './explain-session.js';

let session: ExplainSession;

beforeAll(async () => {
  session = await openExplainSession([
    'CREATE TABLE note (id int PRIMARY KEY, body text, lang text, rating int, summary json)',
    `INSERT INTO note SELECT i, 'text number ' || (i % 30) || repeat(' x', 194), 'en', i % 5, '{}'
     FROM generate_series(1, 1000) i`,
    'CREATE TABLE copy (id int, mood text)',
    'ANALYZE note',
    `CREATE FUNCTION mood_of(x text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(x, 'en')).sentiment || '' $$`,
    `CREATE FUNCTION mood_in(x text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(x, 'en')).sentiment; END $$`,
    `CREATE FUNCTION total(a real, b real, n int DEFAULT NULL) RETURNS real LANGUAGE sql AS
      $$ SELECT aws_sagemaker.invoke_endpoint('total', n, a, b)::real $$`,
  ]);
});

afterAll(() => session.end());
beforeEach(() => {
  session.requests();
});

const estimates = async (sql: string, values?: unknown[]) =>
  (await session.plan(`EXPLAIN ${sql}`, values))
    .filter((line) => line.includes('Estimated'))
    .map((line) => line.trim());

const line = (inputs: number, distinct: number, requests: number, cost: string) =>
  `Estimated Inputs: ${inputs}  Distinct Inputs: ${distinct}  Requests: ${requests}  Cost: ${cost}`;

describe('EXPLAIN without ANALYZE', () => {
  test('estimates inputs, requests and cost below the Function Scan, and sends nothing', async () => {
    const plan = await session.plan('EXPLAIN SELECT mood_of(body) FROM note');
    const at = plan.findIndex((text) => text.startsWith('  ->  Function Scan on mood_of'));
    // 30 texts of 400 characters (and the length byte): 5 units each.
    expect(plan[at + 1]).toBe(`        ${line(1000, 30, 2, '0.015 USD')}`);
    expect(session.requests()).toBe(0);
  });

  test('takes the rows that pass ordinary conditions', async () => {
    expect(await estimates('SELECT mood_of(id::text) FROM note WHERE id <= 100')).toEqual([
      line(100, 100, 4, '0.03 USD'),
    ]);
  });

  test('takes parameters', async () => {
    expect(await estimates('SELECT mood_of(id::text) FROM note WHERE id <= $1', [50])).toEqual([
      line(50, 50, 2, '0.015 USD'),
    ]);
  });

  test('takes a LIMIT below the call', async () => {
    expect(await estimates('SELECT mood_of(id::text) FROM note ORDER BY id LIMIT 30 OFFSET 20')).toEqual([
      line(30, 30, 2, '0.009 USD'),
    ]);
  });

  test('takes a LIMIT that a call decides, by the planner’s guess of how many rows pass', async () => {
    const [least = ''] = await estimates(
      "SELECT id FROM note WHERE mood_of(id::text) <> 'x' ORDER BY id LIMIT $1",
      [20],
    );
    expect(least).toBe(line(25, 25, 1, '0.0075 USD'));
    // One of two hundred, by default: all.
    expect(await estimates("SELECT id FROM note WHERE mood_of(id::text) = 'x' ORDER BY id LIMIT 20")).toEqual([
      line(1000, 1000, 40, '0.3 USD'),
    ]);
  });

  test('counts a second predicate for what the first lets through', async () => {
    const lines = await estimates(
      "SELECT id FROM note WHERE mood_of(id::text) <> 'x' AND total(id, mood_of(id::text)::real) > 0",
    );
    expect(lines[0]).toBe(line(1000, 1000, 40, '0.3 USD'));
    expect(lines[1]).toMatch(/^Estimated Inputs: 99\d {2}Distinct Inputs: 99\d {2}Requests: 1 {2}Cost: 0 USD$/);
  });

  test('sizes batches as the call does', async () => {
    expect(await estimates('SELECT total(id, rating, 100) FROM note')).toEqual([line(1000, 1000, 10, '0 USD')]);
    expect(await estimates('SELECT total(id, rating) FROM note')).toEqual([line(1000, 1000, 1, '0 USD')]);
  });

  test('takes batch sizes and endpoints from parameters', async () => {
    const sql = 'SELECT aws_sagemaker.invoke_endpoint($1, $2, id) FROM note';
    expect(await estimates(sql, ['total', 250])).toEqual([line(1000, 1000, 4, '0 USD')]);
  });

  test('keeps languages apart', async () => {
    const sql =
      "SELECT aws_comprehend.detect_sentiment(id::text, CASE WHEN id > 500 THEN lang ELSE 'fr' END) FROM note";
    const [, inputs, requests] = /Inputs: (\d+) .* Requests: (\d+)/.exec((await estimates(sql))[0] ?? '') ?? [];
    expect([inputs, requests]).toEqual(['1000', '40']);
    // Of two columns together the planner expects no more different values than a tenth of the rows.
    expect(await estimates('SELECT aws_comprehend.detect_sentiment(body, rating::text) FROM note')).toEqual([
      expect.stringContaining('Distinct Inputs: 100  Requests: 5'),
    ]);
  });

  test('counts nothing for a call that is NULL', async () => {
    expect(await estimates("SELECT aws_comprehend.detect_sentiment(NULL, 'en') FROM note")).toEqual([
      line(0, 0, 0, '0 USD'),
    ]);
  });

  test('has no price for models', async () => {
    const sql = `SELECT aws_bedrock.invoke_model('a.model', 'application/json', NULL, summary::text) FROM note LIMIT 7`;
    expect(await estimates(sql)).toEqual([line(7, 7, 7, 'unknown')]);
  });

  test('counts calls that share batches once', async () => {
    const sql = "SELECT mood_of(body), (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM note";
    expect(await estimates(sql)).toEqual([expect.stringContaining('Distinct Inputs: 30  Requests: 2')]);
  });

  test('estimates what is replayed by what it reads', async () => {
    expect(await estimates('UPDATE note SET lang = mood_of(id::text) WHERE id <= 100')).toEqual([
      line(100, 100, 4, '0.03 USD'),
    ]);
    expect(session.requests()).toBe(0);
  });

  test('estimates one input a request where migration is switched off', async () => {
    await session.query('SET apg_enable_function_migration = off');
    try {
      expect(await estimates('SELECT mood_of(id::text) FROM note WHERE id <= 100')).toEqual([
        line(100, 100, 100, '0.03 USD'),
      ]);
    } finally {
      await session.query('RESET apg_enable_function_migration');
    }
  });

  test('says where nothing can be told', async () => {
    expect(await estimates('SELECT mood_in(body) FROM note')).toEqual(['Estimated Requests: unknown']);
  });

  test('reads the rows of another query with calls', async () => {
    const sql = `SELECT mood_of(m.mood || n.id) FROM note n
      JOIN (SELECT id, mood_of(id::text) AS mood FROM note LIMIT 100) m ON m.id = n.id`;
    const lines = await estimates(sql);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Estimated Inputs: \d+ /);
  });

  test('leaves a transaction block as it was', async () => {
    const client = await session.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO copy VALUES (1)');
      await client.query('EXPLAIN SELECT mood_of(body) FROM note');
      await client.query('EXPLAIN (GENERIC_PLAN) SELECT mood_of(body) FROM note').catch(() => {});
      expect((await client.query('SELECT count(*)::int AS n FROM copy')).rows).toEqual([{ n: 1 }]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test.each(['JSON', 'YAML', 'XML'])('%s has the estimates as properties', async (format) => {
    const { rows } = await session.query(`EXPLAIN (FORMAT ${format}) SELECT mood_of(body) FROM note`);
    const plan = rows[0]['QUERY PLAN'];
    if (format === 'JSON') {
      expect(plan[0].Plan.Plans[1]).toMatchObject({
        'Node Type': 'Function Scan',
        'Estimated Inputs': 1000,
        'Estimated Distinct Inputs': 30,
        'Estimated Requests': 2,
        'Estimated Cost USD': 0.015,
      });
    } else if (format === 'YAML') expect(plan).toMatch(/^ +Estimated Cost USD: 0\.015$/m);
    else expect(plan).toMatch(/<Estimated-Requests>2<\/Estimated-Requests>\s*<Estimated-Cost-USD>0.015</);
  });

  test('shows no estimates where COSTS is off, nor beside what has happened', async () => {
    expect((await session.plan('EXPLAIN (COSTS off) SELECT mood_of(body) FROM note')).join()).not.toContain(
      'Estimated',
    );
    expect((await session.plan('EXPLAIN ANALYZE SELECT mood_of(body) FROM note')).join()).not.toContain('Estimated');
  });

  test('is what happens, where the planner is right', async () => {
    const sql = 'SELECT mood_of(body) FROM note WHERE id <= 500';
    const [estimated = ''] = await estimates(sql);
    const actual = (await session.plan(`EXPLAIN ANALYZE ${sql}`)).find((text) => text.includes('Distinct')) ?? '';
    const counts = (text: string) => [...text.matchAll(/(?:Inputs|Requests): (\d+)/g)].map(([, n]) => n);
    expect(counts(estimated)).toEqual(counts(actual));
  });
});
