import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    CREATE FUNCTION score() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN UPDATE notes SET mood = ${mood('new.body')} WHERE id = new.id; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION score()`);
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query('TRUNCATE notes');
  app.requests();
});

const notes = () => app.rows('SELECT id, mood FROM notes ORDER BY id');
const scored = [
  [1, 'POSITIVE'],
  [2, 'NEGATIVE'],
];

describe('deferred triggers with ML calls', () => {
  it('run when their block commits, in one batch', async () => {
    const client = await app.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO notes VALUES (1, 'good')`);
    await client.query(`INSERT INTO notes VALUES (2, 'bad')`);
    expect(app.requests()).toEqual([]);
    expect(await client.query('COMMIT')).toMatchObject({ command: 'COMMIT' });
    expect(client.getTransactionStatus()).toBe('I');
    client.release();
    expect(app.requests()).toEqual([2]);
    expect(await notes()).toEqual(scored);
  });

  it.each(['/* app */ COMMIT', ';;COMMIT', '-- app\n END', ';/* app */;/* app */ COMMIT /* app */;'])(
    'run whatever stands before the end of the block: %s',
    async (end) => {
      const client = await app.pool.connect();
      await client.query('BEGIN');
      await client.query(`INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
      expect(await client.query(end)).toMatchObject({ command: 'COMMIT' });
      expect(client.getTransactionStatus()).toBe('I');
      client.release();
      expect(app.requests()).toEqual([2]);
      expect(await notes()).toEqual(scored);
    },
  );

  it('run in scripts, with a block and without', async () => {
    await app.pool.query(`BEGIN; INSERT INTO notes VALUES (1, 'good'); END`);
    await app.pool.query(`INSERT INTO notes VALUES (2, 'bad'); SELECT 1`);
    expect(await notes()).toEqual(scored);
  });

  it('run where SET CONSTRAINTS says so', async () => {
    const client = await app.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
    expect(await client.query('SET CONSTRAINTS late IMMEDIATE')).toMatchObject({ command: 'SET' });
    expect(await app.rows('SELECT id, mood FROM notes ORDER BY id', [], client)).toEqual(scored);
    await client.query('ROLLBACK');
    client.release();
    expect(app.requests()).toEqual([2]);
    expect(await notes()).toEqual([]);
  });

  it.each(['BEGIN READ ONLY', 'BEGIN', 'BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE'])(
    'do not disturb a block that has written nothing: %s',
    async (begin) => {
      const client = await app.pool.connect();
      for (const end of ['COMMIT', 'END', 'SET CONSTRAINTS ALL IMMEDIATE; COMMIT']) {
        await client.query(begin);
        await client.query('SELECT count(*) FROM notes');
        await client.query(end);
        expect(client.getTransactionStatus()).toBe('I');
      }
      await client.query(`${begin}; SELECT count(*) FROM notes; COMMIT`);
      expect(client.getTransactionStatus()).toBe('I');
      client.release();
      expect(app.requests()).toEqual([]);
    },
  );

  it('do not run where the block is rolled back', async () => {
    const client = await app.pool.connect();
    await client.query(`BEGIN`);
    await client.query(`INSERT INTO notes VALUES (1, 'good')`);
    await client.query('ROLLBACK');
    client.release();
    expect(app.requests()).toEqual([]);
  });

  it('roll their block back where they fail, as COMMIT does', async () => {
    app.services.setFaults({ comprehend: { error: { code: 'AccessDeniedException', status: 400, every: 1 } } });
    const client = await app.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO notes VALUES (1, 'good as new')`);
    await expect(client.query('COMMIT')).rejects.toMatchObject({ code: '38000' });
    expect(client.getTransactionStatus()).toBe('I');
    await expect(client.query(`BEGIN; INSERT INTO notes VALUES (2, 'good again'); COMMIT`)).rejects.toMatchObject({
      code: '38000',
    });
    expect(client.getTransactionStatus()).toBe('I');
    app.services.setFaults();
    client.release();
    expect(await notes()).toEqual([]);
  });
});
