import { once } from 'node:events';
import pg from 'pg';
import type { PoolClient } from 'pg-aws-ml';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveTable } from '../../src/stubs/names.js';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;
let notices: (string | undefined)[] = [];

beforeAll(async () => {
  app = await startApplication();
  client = await app.pool.connect();
  client.on('notice', ({ message }) => notices.push(message));
});
afterAll(async () => {
  client.release();
  await app.end();
});
beforeEach(async () => {
  await client.query(`DROP TABLE IF EXISTS notes; CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    INSERT INTO notes SELECT i, CASE i % 3 WHEN 0 THEN 'bad ' ELSE 'good ' END || i FROM generate_series(1, 25) i`);
  app.requests();
  notices = [];
});

async function nothingIsLeft() {
  expect(
    await app.rows(`SELECT to_regclass('${liveTable}')::text, current_setting('aws_ml.mode', true)`, [], client),
  ).toEqual([[null, '']]);
}

describe('a procedure that commits on its way', () => {
  it('runs as it is, and says what it says in time', async () => {
    await client.query(`CREATE OR REPLACE PROCEDURE judge() LANGUAGE plpgsql AS $$
      DECLARE note record; v text; done int := 0;
      BEGIN
        FOR note IN SELECT * FROM notes ORDER BY id LOOP
          EXECUTE $q$ SELECT (aws_comprehend.detect_sentiment($1, 'en')).sentiment $q$ INTO v USING note.body;
          UPDATE notes SET mood = v WHERE id = note.id;
          done := done + 1;
          IF done % 10 = 0 THEN RAISE NOTICE '% done', done; COMMIT; END IF;
        END LOOP;
      END $$`);
    app.requests();
    const { command } = await client.query('CALL judge()');
    expect(command).toBe('CALL');
    expect(app.requests()).toEqual(Array.from({ length: 25 }, () => 1));
    expect(notices).toEqual(['10 done', '20 done']);
    expect(await app.rows(`SELECT mood, count(*)::int FROM notes GROUP BY 1 ORDER BY 1`)).toEqual([
      ['NEGATIVE', 8],
      ['POSITIVE', 17],
    ]);
    await nothingIsLeft();
  });

  it('keeps what it has committed when a call fails', async () => {
    await client.query(`CREATE OR REPLACE PROCEDURE fail() LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE notes SET mood = ${mood('body')} WHERE id = 1;
        COMMIT;
        UPDATE notes SET mood = aws_sagemaker.invoke_endpoint('nowhere', NULL, body);
      END $$`);
    await expect(client.query('CALL fail()')).rejects.toMatchObject({ code: '38000' });
    expect(await app.rows(`SELECT count(mood)::int FROM notes`)).toEqual([[1]]);
    await nothingIsLeft();
  });

  it('runs in DO', async () => {
    await client.query(`DO $$ DECLARE m text; BEGIN m := ${mood(`'bad'`)}; COMMIT; RAISE NOTICE '%', m; END $$`);
    expect(notices).toEqual(['NEGATIVE']);
    await nothingIsLeft();
  });
});

describe('several live statements in one block', () => {
  /** Draws from a sequence: a run that is undone would leave gaps. */
  const live = (text: string) =>
    `DO $$ BEGIN INSERT INTO notes VALUES (nextval('numbers'), '${text}', ${mood(`'${text}'`)}); END $$`;
  const moods = () => app.rows('SELECT id, mood FROM notes WHERE id > 100 ORDER BY id', [], client);

  beforeEach(() => client.query('DROP SEQUENCE IF EXISTS numbers; CREATE SEQUENCE numbers START 101'));
  afterEach(() => client.query('ROLLBACK'));

  it('do not wait for one another', async () => {
    await client.query('BEGIN');
    for (const text of ['good', 'bad', 'good again']) await client.query(live(text));
    await client.query('COMMIT');
    expect(await moods()).toEqual([
      [101, 'POSITIVE'],
      [102, 'NEGATIVE'],
      [103, 'POSITIVE'],
    ]);
    await nothingIsLeft();
  });

  it('may be undone to savepoints', async () => {
    await client.query('BEGIN');
    await client.query(live('good'));
    await client.query('SAVEPOINT s');
    await client.query(live('bad'));
    await client.query('ROLLBACK TO s');
    await expect(client.query(live("bad''").replace('INSERT', 'PERFORM 1 / 0; INSERT'))).rejects.toThrow();
    await client.query('ROLLBACK TO s');
    await client.query(live('good again'));
    await client.query('COMMIT');
    expect((await moods()).map(([, m]) => m)).toEqual(['POSITIVE', 'POSITIVE']);
    await nothingIsLeft();
  });

  it('take turns with replayed ones', async () => {
    await client.query('BEGIN');
    await client.query(`UPDATE notes SET mood = ${mood('body')} WHERE id = 1`);
    await client.query(live('bad'));
    await client.query(`UPDATE notes SET mood = ${mood('body')} WHERE id = 3`);
    await client.query(live('good'));
    await client.query('COMMIT');
    expect(await app.rows('SELECT mood FROM notes WHERE id IN (1, 3, 101, 102) ORDER BY id')).toEqual([
      ['POSITIVE'],
      ['NEGATIVE'],
      ['NEGATIVE'],
      ['POSITIVE'],
    ]);
    await nothingIsLeft();
  });

  it('may be COPY FROM', async () => {
    await client.query(`CREATE OR REPLACE FUNCTION judge_row() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.mood := ${mood('NEW.body')}; RETURN NEW; END $$;
      CREATE TRIGGER judged BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION judge_row()`);
    await client.query('BEGIN');
    for (const line of ['101\tgood\n', '102\tbad\n']) {
      const stream = client.query(copyFrom('COPY notes (id, body) FROM STDIN'));
      stream.end(line);
      await once(stream, 'finish');
    }
    await client.query('COMMIT');
    expect(await moods()).toEqual([
      [101, 'POSITIVE'],
      [102, 'NEGATIVE'],
    ]);
  });
});

describe('what is left of a statement whose processes have been killed', () => {
  it('is removed before the next live statement, and by nobody read', async () => {
    await app.pool.query(`SELECT 1`);
    const admin = new pg.Client({ ...app.database });
    await admin.connect();
    try {
      const { rows } = await admin.query('SELECT a.pid, a.backend_start FROM pg_stat_get_activity(pg_backend_pid()) a');
      const answer = (nonce: string, pid: number, start: string) =>
        admin.query(`SELECT _aws_ml.answer_live($1, 1, $2, $3, 'secret', NULL, NULL, NULL, NULL, NULL)`, [
          nonce,
          pid,
          start,
        ]);
      await answer('ended', 2 ** 30, '2026-01-01');
      await answer('ended, and its id is in use again', rows[0].pid, '2026-01-01');
      await answer('waiting', rows[0].pid, rows[0].backend_start.toISOString());
      await admin.query(
        `UPDATE _aws_ml.live_result r SET backend_start = a.backend_start FROM pg_stat_get_activity(pg_backend_pid()) a WHERE nonce = 'waiting'`,
      );
      await client.query(`DO $$ DECLARE m text; BEGIN m := ${mood(`'good'`)}; COMMIT; END $$`);
      await expect
        .poll(async () => (await admin.query('SELECT nonce FROM _aws_ml.live_result')).rows, { timeout: 30_000 })
        .toEqual([{ nonce: 'waiting' }]);
    } finally {
      await admin.query(`TRUNCATE _aws_ml.live_result`);
      await admin.end();
    }
  });
});

describe('row mode', () => {
  beforeEach(() => client.query('SET apg_enable_function_migration = false'));
  afterAll(() => client.query('RESET apg_enable_function_migration'));

  it('sends one input a request', async () => {
    expect(await app.rows(`SELECT id, ${mood('body')} FROM notes WHERE id < 4 ORDER BY id`, [], client)).toEqual([
      [1, 'POSITIVE'],
      [2, 'POSITIVE'],
      [3, 'NEGATIVE'],
    ]);
    expect(app.requests()).toEqual([1, 1, 1]);
  });

  it('stops where LIMIT stops', async () => {
    await client.query(`SELECT ${mood('body')} FROM notes LIMIT 2`);
    expect(app.requests()).toEqual([1, 1]);
  });

  it.each(['READ COMMITTED', 'REPEATABLE READ'])('works in a %s block', async (level) => {
    await client.query(`BEGIN ISOLATION LEVEL ${level}`);
    await client.query(`UPDATE notes SET mood = ${mood('body')} WHERE id < 3`);
    await client.query('COMMIT');
    expect(app.requests()).toEqual([1, 1]);
    expect(await app.rows(`SELECT count(mood)::int FROM notes`)).toEqual([[2]]);
    await nothingIsLeft();
  });

  it('ends with the statement_timeout', async () => {
    app.services.setFaults({ comprehend: { latencyMs: 2000 } });
    await client.query(`SET statement_timeout = '200ms'`);
    await expect(client.query(`SELECT ${mood('body')} FROM notes`)).rejects.toMatchObject({ code: /57014|38000/ });
    await client.query('RESET statement_timeout');
    app.services.setFaults();
    expect(await app.rows('SELECT 1', [], client)).toEqual([[1]]);
    await nothingIsLeft();
  });
});

it('answers a role that may not see when the process of its session began', async () => {
  const role = `live_reader_${process.pid}`;
  await client.query(`CREATE ROLE ${role}; GRANT SELECT ON notes TO ${role}`);
  await client.query(`GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO ${role}`);
  try {
    await client.query(`SET ROLE ${role}; SET apg_enable_function_migration = off`);
    const { rows } = await client.query(`SELECT ${mood('body')} AS mood FROM notes WHERE id < 4 ORDER BY id`);
    expect(rows.map((row) => row.mood)).toEqual(['POSITIVE', 'POSITIVE', 'NEGATIVE']);
  } finally {
    await client.query(`RESET apg_enable_function_migration; RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});
