import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

const plainMigrations = {
  '1_notes.mjs': `export const up = (pgm) => {
    pgm.createTable('notes', { id: 'id', review_id: { type: 'int', references: 'reviews' }, body: 'text' });
    pgm.createIndex('notes', 'review_id');
  };`,
  '2_label.sql': `-- Up Migration
    ALTER TABLE notes ADD COLUMN label text;
    INSERT INTO notes (review_id, body) VALUES (1, 'a'), (2, 'b');
    -- Down Migration
    ALTER TABLE notes DROP COLUMN label;`,
};
const mlMigrations = {
  '1_sentiments.mjs': `export const up = (pgm) => {
    pgm.sql('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
    pgm.createTable('scores', { review_id: { type: 'int', primaryKey: true }, sentiment: 'text' });
    pgm.createFunction('sentiment_of', ['text'], { returns: 'text', language: 'sql' },
      "SELECT (aws_comprehend.detect_sentiment($1, 'en')).sentiment");
    pgm.sql('INSERT INTO scores SELECT id, sentiment_of(body) FROM reviews');
  };
  export const down = (pgm) => { pgm.dropTable('scores'); };`,
  '2_view.mjs': `export const up = (pgm) => {
    pgm.createMaterializedView('moods', {}, 'SELECT sentiment_of(body) AS mood, count(*) FROM reviews GROUP BY 1');
    pgm.sql("UPDATE reviews SET sentiment = sentiment_of(body)");
  };
  export const down = (pgm) => { pgm.dropMaterializedView('moods'); };`,
};

describe('node-pg-migrate', () => {
  const lab = useLab();
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function migrate(side: Side, migrations: Record<string, string>, table: string, direction: 'up' | 'down') {
    const dir = await mkdtemp(join(directory, 'm-'));
    for (const [name, text] of Object.entries(migrations)) await writeFile(join(dir, name), text);
    const dbClient = new side.pg.Client(side.database.connectionString);
    await dbClient.connect();
    try {
      const run = await runner({ dbClient, dir, migrationsTable: table, direction, count: 9, log: () => {} });
      return run.map(({ name }) => name);
    } finally {
      await dbClient.end();
    }
  }

  it('migrates up and reports a migration that fails as over pg', () =>
    lab.compare(async (side) => {
      const pool = side.openPool();
      const ran = await migrate(side, plainMigrations, 'plain_migrations', 'up');
      const broken = { ...plainMigrations, '3_broken.sql': 'CREATE TABLE half (a int); SELECT nonsense;' };
      const failed = await errorOf(migrate(side, broken, 'plain_migrations', 'up'));
      const { rows } = await pool.query("select to_regclass('half') as half, array_agg(label) from notes");
      return { ran, failed: [failed.code, failed.message], rows };
    }));

  it('installs the extension, fills tables and views with scores, and goes back', async () => {
    const pool = lab.awsMl.openPool();
    expect(await migrate(lab.awsMl, mlMigrations, 'ml_migrations', 'up')).toEqual(['1_sentiments', '2_view']);
    const { rows } = await pool.query(
      'select s.sentiment, r.sentiment as updated from scores s join reviews r on r.id = s.review_id order by id',
    );
    expect(rows).toEqual(sentiments.map((sentiment) => ({ sentiment, updated: sentiment })));
    const moods = await pool.query('select mood, count::int from moods order by mood');
    expect(moods.rows).toEqual([
      { mood: 'NEGATIVE', count: 2 },
      { mood: 'POSITIVE', count: 2 },
      { mood: null, count: 1 },
    ]);
    expect(await migrate(lab.awsMl, mlMigrations, 'ml_migrations', 'down')).toEqual(['2_view', '1_sentiments']);
  });
});
