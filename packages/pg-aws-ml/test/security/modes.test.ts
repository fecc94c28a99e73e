import type { Client } from 'pg';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
/** A connection without us. */
let client: Client;

const call = `SELECT (aws_comprehend.detect_sentiment('x', 'en')).sentiment AS s`;
const refused = { code: expect.stringMatching(/^(0A000|55000)$/) };

beforeAll(async () => {
  lab = await openLab();
  await lab.admin.query(`CREATE TABLE posts (body text);
    CREATE FUNCTION moderate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (aws_comprehend.detect_sentiment(NEW.body, 'en')).sentiment = 'NEGATIVE' THEN RAISE 'refused'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER moderated BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION moderate()`);
  client = new pg.Client({ connectionString: lab.database.connectionString });
  await client.connect();
});
beforeEach(() => client.query('ROLLBACK; RESET ALL'));
afterAll(async () => {
  await client.end();
  await lab.close();
});

const modes = ['describe', 'collect', 'strict', 'live', 'replay', 'describe:', `describe:${'0'.repeat(64)}`];

describe.each(modes)('the mode %s', (mode) => {
  it.each(['READ WRITE', 'READ ONLY'])('gives no result to who sets it, in a %s transaction', async (access) => {
    await client.query(`BEGIN ${access}; SET aws_ml.mode = '${mode}'`);
    await expect(client.query(call)).rejects.toMatchObject(refused);
  });

  it('passes no trigger that asks a model', async () => {
    await client.query(`SET aws_ml.mode = '${mode}'`);
    await expect(client.query(`INSERT INTO posts VALUES ('awful')`)).rejects.toMatchObject(refused);
  });
});

describe('what proves a mode', () => {
  it('holds for one transaction of one process', async () => {
    await client.query(`BEGIN; SELECT _aws_ml.begin_describe('mine')`);
    const { rows } = await client.query(`SELECT current_setting('aws_ml.mode') AS mode`);
    expect((await client.query(call)).rows).toEqual([{ s: null }]);
    await client.query(`COMMIT`);
    await client.query(`SELECT set_config('aws_ml.mode', $1, false)`, [rows[0].mode]);
    await expect(client.query(call)).rejects.toMatchObject(refused);
  });

  it('is at hand in a read-only transaction', async () => {
    await client.query(`BEGIN READ ONLY; SELECT _aws_ml.begin_describe('mine')`);
    expect((await client.query(call)).rows).toEqual([{ s: null }]);
  });

  it('takes the nonce once a replay has begun', async () => {
    await client.query(`BEGIN; SELECT _aws_ml.begin_replay('mine', 'strict')`);
    for (const other of [`begin_describe('other')`, `begin_replay('other', 'collect')`]) {
      await client.query('SAVEPOINT s');
      await expect(client.query(`SELECT _aws_ml.${other}`)).rejects.toMatchObject({ code: '42501' });
      await client.query('ROLLBACK TO s');
    }
    await client.query(`SET LOCAL aws_ml.mode = 'collect'`);
    await expect(client.query(call)).rejects.toMatchObject(refused);
  });

  it('lies where nobody else reads', async () => {
    await client.query('CREATE ROLE modes_guest');
    try {
      await client.query('BEGIN; SET LOCAL ROLE modes_guest');
      for (const sql of ['SELECT * FROM _aws_ml.secret', 'SELECT _aws_ml.describe_mode()']) {
        await client.query('SAVEPOINT s');
        await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
        await client.query('ROLLBACK TO s');
      }
    } finally {
      await client.query('ROLLBACK; DROP ROLE modes_guest');
    }
  });
});
