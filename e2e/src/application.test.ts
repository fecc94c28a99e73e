import pg from 'pg';
import { Client, type Pool } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Installed, startInstalled } from './support/installed.js';

const SENTIMENT = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";
const SECRET = 'swordfish';

describe('an application on a PostgreSQL container', () => {
  let installed: Installed;
  let pool: Pool;
  /** What the service waits for before it answers. */
  let hold: (() => Promise<unknown>) | undefined;

  beforeAll(async () => {
    installed = await startInstalled({
      sentiment: async (text) => {
        await hold?.();
        return text.startsWith('good') ? 'POSITIVE' : 'NEGATIVE';
      },
      endpoints: { total: 'sum' },
    });
    pool = installed.pool;
    await pool.query('CREATE TABLE reviews (id int PRIMARY KEY, author text, body text)');
    await pool.query(
      `INSERT INTO reviews SELECT i, 'author' || i % 4, CASE WHEN i % 3 = 0 THEN 'good ' ELSE 'bad ' END || i || ' ${SECRET}'
         FROM generate_series(1, 100) i`,
    );
  });
  afterAll(() => installed?.stop());
  beforeEach(() => {
    installed.services.setFaults();
    installed.services.resetRequests();
  });

  const inputs = () => installed.services.requests.counters('comprehend').inputs;

  async function connect(options: ConstructorParameters<typeof Client>[0] = {}): Promise<Client> {
    const client = new Client({ ...installed.postgres.connection, ...(options as object) });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  it('serves several clients of a pool at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        pool.query(`SELECT id, ${SENTIMENT} AS mood FROM reviews WHERE id = $1`, [i + 1]),
      ),
    );
    expect(pool.totalCount).toBeGreaterThan(1);
    expect(answers.map(({ rows }) => rows)).toEqual(
      Array.from({ length: 40 }, (_, i) => [{ id: i + 1, mood: (i + 1) % 3 === 0 ? 'POSITIVE' : 'NEGATIVE' }]),
    );
  });

  it('sends statements without ML calls as pg sends them', async () => {
    const [ours, theirs] = [await connect(), new pg.Client(installed.postgres.connection)];
    await theirs.connect();
    onTestFinished(() => theirs.end());
    // From now on it knows the names through which this database makes ML calls.
    await ours.query(`SELECT ${SENTIMENT} FROM reviews WHERE id = 1`);
    installed.services.resetRequests();
    const long = `SELECT\n${Array.from({ length: 100 }, (_, i) => `  count(*) FILTER (WHERE id = ${i}) /* ${i} */`).join(',\n')}\nFROM reviews`;
    for (const statement of ['select 1', long, { text: long, name: 'long' }, { text: 'SELECT $1::int', values: [1] }]) {
      expect(await bytesOf(ours, statement)).toEqual(await bytesOf(theirs, statement));
    }
    expect(installed.services.requests.total()).toBe(0);
  });

  /** What a client sends for a statement. */
  async function bytesOf(client: pg.Client, statement: string | pg.QueryConfig): Promise<string> {
    const { stream } = (client as pg.Client & { connection: pg.Connection }).connection;
    const write = vi.spyOn(stream, 'write');
    await client.query(statement);
    const bytes = Buffer.concat(write.mock.calls.map(([chunk]) => Buffer.from(chunk as Buffer)));
    write.mockRestore();
    return bytes.toString('latin1');
  }

  describe('in a transaction', () => {
    it('keeps what is committed and nothing of what is rolled back', async () => {
      const client = await connect();
      await client.query('CREATE TEMPORARY TABLE moods (id int, mood text)');
      const insert = (range: string) =>
        client.query(`INSERT INTO moods SELECT id, ${SENTIMENT} FROM reviews WHERE id ${range}`);
      await client.query('BEGIN');
      expect(await insert('<= 5')).toMatchObject({ command: 'INSERT', rowCount: 5 });
      await client.query('SAVEPOINT here');
      expect(await insert('BETWEEN 6 AND 40')).toMatchObject({ rowCount: 35 });
      await client.query('ROLLBACK TO here');
      await client.query('COMMIT');
      expect((await client.query("SELECT count(*)::int, max(id) FROM moods WHERE mood = 'NEGATIVE'")).rows).toEqual([
        { count: 4, max: 5 },
      ]);
    });

    it('sees its own changes', async () => {
      const client = await connect();
      await client.query('BEGIN');
      await client.query("UPDATE reviews SET body = 'good now' WHERE id = 1");
      const { rows } = await client.query(`SELECT ${SENTIMENT} AS mood FROM reviews WHERE id = 1`);
      await client.query('ROLLBACK');
      expect(rows).toEqual([{ mood: 'POSITIVE' }]);
    });

    it('is aborted by a service that fails, as by any error', async () => {
      const client = await connect();
      await client.query('BEGIN');
      installed.services.setFaults({ comprehend: { accessDenied: true } });
      await expect(client.query(`SELECT ${SENTIMENT} FROM reviews`)).rejects.toMatchObject({ code: /^38/ });
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('ROLLBACK');
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });
  });

  describe('when a service fails', () => {
    const failing = async (sql: string) => {
      const error: unknown = await pool.query(sql).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(pg.DatabaseError);
      return error as pg.DatabaseError;
    };

    it('reports a refusal with the code of AWS', async () => {
      installed.services.setFaults({ comprehend: { accessDenied: true } });
      const error = await failing(`SELECT ${SENTIMENT} FROM reviews`);
      expect(error.code).toMatch(/^38/);
      expect(`${error.message} ${error.detail}`).toContain('AccessDeniedException');
      expect(`${error.message} ${error.detail}`).toContain('aws_comprehend.detect_sentiment');
    });

    it('names an endpoint that is not there', async () => {
      const error = await failing("SELECT aws_sagemaker.invoke_endpoint('nowhere', NULL, id) FROM reviews");
      expect(error.code).toMatch(/^38/);
      expect(error.message).toContain('nowhere');
    });

    it("never shows the customer's text", async () => {
      installed.services.setFaults({ comprehend: { documentErrors: { matching: SECRET } } });
      const error = await failing(`SELECT ${SENTIMENT} FROM reviews`);
      expect(error.code).toMatch(/^38/);
      expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(SECRET);
    });

    it('leaves nothing of a statement that writes', async () => {
      await pool.query('CREATE TABLE written (id int, mood text)');
      installed.services.setFaults({ comprehend: { documentErrors: { matching: 'good 99', every: 1 } } });
      await failing(`INSERT INTO written SELECT id, ${SENTIMENT} FROM reviews`);
      expect((await pool.query('SELECT count(*)::int FROM written')).rows).toEqual([{ count: 0 }]);
    });

    it('gets over throttling', async () => {
      installed.services.setFaults({ comprehend: { throttle: 2 } });
      const { rowCount } = await pool.query(`SELECT ${SENTIMENT} FROM reviews`);
      expect(rowCount).toBe(100);
      expect(installed.services.requests.counters('comprehend')).toMatchObject({ throttles: 2, inputs: 100 });
    });

    it('answers NULL where the application prefers that', async () => {
      const client = await connect({ awsMl: { onError: 'null' } });
      installed.services.setFaults({ comprehend: { documentErrors: { matching: 'good' } } });
      const { rows } = await client.query(
        `SELECT count(*)::int AS all, count(${SENTIMENT})::int AS known FROM reviews`,
      );
      expect(rows).toEqual([{ all: 100, known: 67 }]);
      const filtered = await client.query(`SELECT id FROM reviews WHERE ${SENTIMENT} = 'POSITIVE'`);
      expect(filtered.rows).toEqual([]);
    });
  });

  describe('of an ordinary role', () => {
    async function createRole(name: string, grants: readonly string[]): Promise<Client> {
      await pool.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
      for (const grant of grants) await pool.query(`GRANT ${grant} TO ${name}`);
      return connect({ user: name, password: name });
    }

    it('needs EXECUTE, and the privileges on its tables', async () => {
      const client = await createRole('reader', ['SELECT ON reviews']);
      await expect(client.query(`SELECT ${SENTIMENT} FROM reviews`)).rejects.toMatchObject({
        code: '42501',
        message: 'permission denied for function detect_sentiment',
      });
      await pool.query('GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO reader');
      expect((await client.query(`SELECT ${SENTIMENT} FROM reviews WHERE id < 4`)).rowCount).toBe(3);
      await pool.query('REVOKE SELECT ON reviews FROM reader');
      await expect(client.query(`SELECT ${SENTIMENT} FROM reviews`)).rejects.toMatchObject({
        code: '42501',
        message: 'permission denied for table reviews',
      });
      expect(inputs()).toBe(3);
    });

    it('makes functions of its own', async () => {
      const client = await createRole('analyst', ['CREATE, USAGE ON SCHEMA public', 'SELECT ON reviews', 'aws_ml']);
      await client.query(`CREATE FUNCTION total(a int, b real) RETURNS real
        AS $$ SELECT aws_sagemaker.invoke_endpoint('total', NULL, a, b)::real $$ LANGUAGE SQL PARALLEL SAFE COST 5000`);
      const { rows } = await client.query('SELECT id, total(id, 0.5) FROM reviews WHERE id < 3 ORDER BY id');
      expect(rows).toEqual([
        { id: 1, total: 1.5 },
        { id: 2, total: 2.5 },
      ]);
    });

    it('sends only the rows that a policy lets it see', async () => {
      await pool.query('CREATE TABLE private_notes AS SELECT id, author, body FROM reviews');
      await pool.query('ALTER TABLE private_notes ENABLE ROW LEVEL SECURITY');
      await pool.query("CREATE POLICY own ON private_notes USING (author = current_setting('app.author'))");
      const client = await createRole('writer', [
        'SELECT ON private_notes',
        'EXECUTE ON FUNCTION aws_comprehend.detect_sentiment',
      ]);
      await client.query("SET app.author = 'author1'");
      const { rows } = await client.query(`SELECT DISTINCT author FROM private_notes WHERE ${SENTIMENT} IS NOT NULL`);
      expect(rows).toEqual([{ author: 'author1' }]);
      expect(inputs()).toBe(25);
    });

    it('installs the extension in a database of its own', async () => {
      await pool.query("CREATE ROLE landlord LOGIN PASSWORD 'landlord'");
      await pool.query('CREATE DATABASE estate OWNER landlord');
      const client = await connect({ user: 'landlord', password: 'landlord', database: 'estate' });
      await client.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
      const call = "SELECT sentiment FROM aws_comprehend.detect_sentiment('good', 'en')";
      expect((await client.query(call)).rows).toEqual([{ sentiment: 'POSITIVE' }]);
      await pool.query("CREATE ROLE lodger LOGIN PASSWORD 'lodger'");
      const guest = await connect({ user: 'lodger', password: 'lodger', database: 'estate' });
      await expect(guest.query(call)).rejects.toMatchObject({ code: '42501' });
      await client.query('GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO lodger');
      expect((await guest.query(call)).rows).toEqual([{ sentiment: 'POSITIVE' }]);
    });
  });

  // The last, because the services count what was given up only when the test is over.
  describe('when it gives up', () => {
    /** Lets the service be asked and not answer until the test is over; resolves when it is asked. */
    const whenAsked = () =>
      new Promise<void>((asked) => {
        hold = () => {
          asked();
          return new Promise((resolve) => onTestFinished(() => resolve(undefined)));
        };
      });
    afterEach(() => {
      hold = undefined;
    });

    it('ends at statement_timeout', async () => {
      void whenAsked();
      const client = await connect({ statement_timeout: 500 });
      const start = performance.now();
      await expect(client.query(`SELECT ${SENTIMENT} FROM reviews`)).rejects.toMatchObject({ code: '57014' });
      expect(performance.now() - start).toBeLessThan(10_000);
      hold = undefined;
      expect((await client.query(`SELECT ${SENTIMENT} AS mood FROM reviews WHERE id = 3`)).rows).toEqual([
        { mood: 'POSITIVE' },
      ]);
    });

    it('ends at query_timeout', async () => {
      void whenAsked();
      const client = await connect({ query_timeout: 500 });
      await expect(client.query(`SELECT ${SENTIMENT} FROM reviews`)).rejects.toThrow('Query read timeout');
    });

    it('ends when it is cancelled', async () => {
      const asked = whenAsked();
      const client = await connect();
      const query = new pg.Query(`SELECT ${SENTIMENT} FROM reviews`);
      const outcome = new Promise((resolve) => query.once('error', resolve).once('end', resolve));
      client.query(query);
      await asked;
      const canceller = new Client(installed.postgres.connection) as Client & { cancel: (...args: object[]) => void };
      canceller.cancel(client, query);
      expect(await outcome).toMatchObject({ code: '57014' });
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });

    it('ends with its connection', async () => {
      const asked = whenAsked();
      const client = await connect();
      client.on('error', () => {});
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      const outcome = client.query(`SELECT ${SENTIMENT} FROM reviews`).catch((error: unknown) => error);
      await asked;
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      expect(await outcome).toMatchObject({ code: '57P01' });
    });
  });
});
