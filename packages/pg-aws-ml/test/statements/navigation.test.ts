import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

/** Redshift's navigation into SUPER values means in jsonb columns what it means there, and nothing else changes. */

let app: Application;
let plain: pg.Client;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE churn_auto_predict_probabilities (id int, prediction jsonb);
    INSERT INTO churn_auto_predict_probabilities VALUES
      (1, '{"probabilities": [0.7, 0.3], "labels": ["False.", "True."]}'),
      (2, '{"probabilities": [0.8, 0.2], "labels": ["False.", "True."]}'),
      (3, '{"probabilities": [0.75, 0.25], "labels": ["True.", "False"]}'),
      (4, '{"labels": "none", "probabilities": "many"}'), (5, NULL);
    CREATE TABLE orders (id int, line jsonb, tags text[]);
    INSERT INTO orders VALUES (1, '{"items": [{"name": "a", "price": 2.5, "at": "2026-01-02"}, {"name": "b", "price": 4}]}', '{x,y}');
    CREATE SCHEMA prediction;
    CREATE TABLE prediction.labels (id int, v int[]);
    INSERT INTO prediction.labels VALUES (7, '{1,2}');
    CREATE FUNCTION predict_probabilities(n int) RETURNS jsonb LANGUAGE sql AS
      $$ SELECT prediction FROM churn_auto_predict_probabilities WHERE id = n $$`);
  plain = new pg.Client(app.database);
  await plain.connect();
});
afterAll(async () => {
  await plain.end();
  await app.end();
});

const t = 'churn_auto_predict_probabilities';

describe("the statements of Redshift's manual", () => {
  it.each([
    [
      `SELECT prediction.labels[0], prediction.probabilities[0] FROM (SELECT predict_probabilities(id) AS prediction FROM ${t} WHERE id < 4)`,
      [
        { labels: 'False.', probabilities: 0.7 },
        { labels: 'False.', probabilities: 0.8 },
        { labels: 'True.', probabilities: 0.75 },
      ],
    ],
    [
      `SELECT prediction.labels[0], prediction.probabilities[0] FROM ${t} WHERE prediction.probabilities[0] > 0.7;`,
      [
        { labels: 'False.', probabilities: 0.8 },
        { labels: 'True.', probabilities: 0.75 },
      ],
    ],
    [
      `SELECT label, index, p.prediction.probabilities[index] FROM ${t} p, p.prediction.labels AS label AT index WHERE label='True.';`,
      [
        { label: 'True.', index: 1, probabilities: 0.3 },
        { label: 'True.', index: 1, probabilities: 0.2 },
        { label: 'True.', index: 0, probabilities: 0.75 },
      ],
    ],
    [
      `SELECT prediction.labels[0], prediction.probabilities[0] FROM ${t} WHERE prediction.probabilities[0] > 0.7 AND prediction.labels[0] = 'True.';`,
      [{ labels: 'True.', probabilities: 0.75 }],
    ],
  ])('%s', async (text, expected) => {
    for (const query of [text, { text, values: [] }, { text, name: `n${text.length}` }]) {
      const { rows, fields } = await app.pool.query(query as string);
      expect(rows).toEqual(expected);
      expect(fields.map(({ name }) => name)).toEqual(Object.keys(expected[0] as object));
    }
  });

  it('whose slip of double quotes gets a hint', async () => {
    const text = `SELECT prediction.labels[0] FROM ${t} WHERE prediction.probabilities[0] > 0.7 AND prediction.labels[0] = "True."`;
    await expect(app.pool.query(text)).rejects.toMatchObject({
      code: '42703',
      message: 'column "True." does not exist',
      hint: "Double quotes are for names. Write a string in single quotes: 'True.'.",
      position: String(text.indexOf('"True."') + 1),
    });
  });
});

it.each([
  ["p.prediction.labels[0] IN ('True.', 'x')", [3]],
  ["p.prediction.labels[0] LIKE 'T%'", [3]],
  ['prediction.probabilities[0] BETWEEN 0.75 AND 1', [2, 3]],
  ['prediction.probabilities[0] > -1', [1, 2, 3]],
  ['prediction.probabilities[0] + prediction.probabilities[1] >= 1', [1, 2, 3]],
  ['prediction.probabilities[0] * 2 = 1.5', [3]],
  ['prediction.probabilities[0] > id / 4.0', [1, 2]],
  ["prediction.labels[0]::text = 'True.'", [3]],
  ['prediction.probabilities[0]::float8 = 0.75 AND id = 3', [3]],
  ['prediction.labels = \'"none"\'::jsonb', [4]],
  ['prediction.nothing IS NULL AND prediction.labels IS NOT NULL', [1, 2, 3, 4]],
  ['prediction.labels[1] = prediction.labels[1] AND id < 3', [1, 2]],
  ["EXISTS (SELECT 1 FROM p.prediction.labels AS l WHERE l = 'False')", [3]],
  ["EXISTS (SELECT FROM orders o WHERE o.id = p.id AND p.prediction.labels[0] = 'False.')", [1]],
])('WHERE %s', async (condition, expected) => {
  const { rows } = await app.pool.query(`SELECT id FROM ${t} p WHERE ${condition} ORDER BY id`);
  expect(rows.map(({ id }) => id)).toEqual(expected);
});

it.each([
  ['SELECT o.line.items[1].name FROM orders o', [{ name: 'b' }]],
  ["SELECT o.line.items[1].name::varchar || '!' AS n FROM orders o", [{ n: 'b!' }]],
  [
    'SELECT i.name, i.price * 2 AS twice FROM orders o, o.line.items AS i ORDER BY i.price DESC',
    [
      { name: 'b', twice: '8' },
      { name: 'a', twice: '5.0' },
    ],
  ],
  ['SELECT avg(i.price) FROM orders o, o.line.items AS i', [{ avg: '3.2500000000000000' }]],
  ["SELECT i.at::date::text FROM orders o, o.line.items i WHERE i.name = 'a'", [{ at: '2026-01-02' }]],
  [
    'SELECT n.name, at FROM orders o, o.line.items AS n AT at',
    [
      { name: 'a', at: 0 },
      { name: 'b', at: 1 },
    ],
  ],
  ['WITH x AS (SELECT line AS l FROM orders) SELECT l.items[0].price FROM x', [{ price: 2.5 }]],
  ['WITH x AS (SELECT * FROM orders) SELECT x.line.items[0].price FROM x', [{ price: 2.5 }]],
  ['SELECT (predict_probabilities(3)).labels[0]', [{ labels: 'True.' }]],
  [
    'SELECT prediction.labels[0] FROM prediction.labels, churn_auto_predict_probabilities p WHERE p.id = 1 AND p.prediction.labels[0] IS NOT NULL',
    [{ labels: 'False.' }],
  ],
])('%s', async (text, expected) => {
  expect((await app.pool.query(text)).rows).toEqual(expected);
});

it('takes parameters', async () => {
  const text = `SELECT id FROM ${t} WHERE prediction.labels[0] = $1 AND prediction.probabilities[0] > $2::float8`;
  expect((await app.pool.query(text, ['True.', 0.5])).rows).toEqual([{ id: 3 }]);
});

it('works in writing statements, views, and EXPLAIN', async () => {
  await app.pool.query(`CREATE TABLE copied AS SELECT id, prediction.labels[0] FROM ${t}`);
  expect((await app.pool.query(`DELETE FROM copied WHERE labels = '"True."'`)).rowCount).toBe(1);
  expect((await app.pool.query(`UPDATE ${t} SET id = 3 WHERE prediction.labels[0] = 'True.'`)).rowCount).toBe(1);
  await app.pool.query(`CREATE VIEW best AS SELECT id, prediction.probabilities[0] FROM ${t} WHERE id < 3`);
  expect((await plain.query('SELECT * FROM best ORDER BY id')).rows).toEqual([
    { id: 1, probabilities: 0.7 },
    { id: 2, probabilities: 0.8 },
  ]);
  expect((await app.pool.query(`EXPLAIN SELECT prediction.labels[0] FROM ${t}`)).rows.length).toBeGreaterThan(0);
});

it('works in a block and in texts of several statements', async () => {
  const client = await app.pool.connect();
  try {
    await client.query('BEGIN');
    expect((await client.query(`SELECT prediction.labels[0] FROM ${t} WHERE id = 1`)).rows).toEqual([
      { labels: 'False.' },
    ]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  const results = (await app.pool.query(
    `SELECT 1 AS one; SELECT prediction.labels[0] FROM ${t} WHERE id = 1`,
  )) as unknown as pg.QueryResult[];
  expect(results.map(({ rows }) => rows)).toEqual([[{ one: 1 }], [{ labels: 'False.' }]]);
});

it('goes together with ML calls', async () => {
  const text = `SELECT id, (aws_comprehend.detect_sentiment(prediction.labels[0]::text, 'en')).sentiment FROM ${t} WHERE prediction.probabilities[0] > 0.7 ORDER BY id`;
  app.requests();
  expect((await app.pool.query(text)).rows.map(({ id }) => id)).toEqual([2, 3]);
  expect(app.requests()).toEqual([2]);
});

// Valid or not, these are PostgreSQL's, and its answer is the same, byte for byte.
it.each([
  'SELECT prediction.labels.id FROM prediction.labels',
  'SELECT prediction.labels.v[1] FROM prediction.labels',
  'SELECT labels.v[1] FROM prediction.labels',
  'SELECT prediction.v[2] FROM prediction.labels AS prediction',
  `SELECT p.prediction['labels'][0] FROM ${t} p ORDER BY id`,
  `SELECT o.tags[1] FROM orders o`,
  'SELECT tags.x[1] FROM orders',
  'SELECT nowhere.x[1] FROM orders',
  `SELECT prediction.labels[0] FROM ${t} a, ${t} b`,
  `SELECT l FROM orders o, prediction.labels AS l`,
  `SELECT 1 FROM orders o, o.line.items AS i AT x y`,
  `SELECT 1 FROM orders o, o.tags.items AS i AT x`,
  `SELECT now() AT TIME ZONE 'utc' - now() AT TIME ZONE 'utc' AS d`,
  'SELECT p.nothing.labels[0] FROM orders p',
])('leaves %s to PostgreSQL', async (text) => {
  const outcome = async (client: { query(text: string): Promise<pg.QueryResult> }) =>
    client.query(text).then(
      ({ rows, fields }) => ({ rows, names: fields.map(({ name }) => name) }),
      ({ code, message, position, hint }: pg.DatabaseError) => ({ code, message, position, hint }),
    );
  expect(await outcome(app.pool)).toEqual(await outcome(plain));
});
