import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

/** As PL/pgSQL is written against services that fail now and then: natively each evaluation is a request. */
const retry = (input: string) => `FOR attempt IN 1..5 LOOP
    BEGIN
      answer := aws_sagemaker.invoke_endpoint('echo', NULL, ${input});
      EXIT;
    EXCEPTION WHEN external_routine_exception THEN
      failures := failures + 1;
    END;
  END LOOP;`;
const variables = 'DECLARE answer text; failures int := 0;';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`
    CREATE TABLE answers (input text, answer text, failures int);
    CREATE FUNCTION ask(input text) RETURNS text LANGUAGE plpgsql AS $$
      ${variables} BEGIN ${retry('input')} RETURN answer || ' after ' || failures; END $$;
    CREATE PROCEDURE ask_and_keep(input text) LANGUAGE plpgsql AS $$
      ${variables} BEGIN ${retry('input')} INSERT INTO answers VALUES (input, answer, failures); END $$;
    CREATE TABLE asked (input text, answer text, failures int);
    CREATE FUNCTION ask_row() RETURNS trigger LANGUAGE plpgsql AS $$
      ${variables} BEGIN ${retry('NEW.input')} NEW.answer := answer; NEW.failures := failures; RETURN NEW; END $$;
    CREATE TRIGGER ask BEFORE INSERT ON asked FOR EACH ROW EXECUTE FUNCTION ask_row();
    CREATE FUNCTION ask_until_answered(input text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN
        LOOP
          BEGIN
            RETURN aws_sagemaker.invoke_endpoint('echo', NULL, input);
          EXCEPTION WHEN OTHERS THEN NULL;
          END;
        END LOOP;
      END $$`);
  client = await app.pool.connect();
});
afterAll(async () => {
  client.release();
  await app.end();
});
beforeEach(async () => {
  await app.pool.query('TRUNCATE answers, asked');
  app.requests();
});
afterEach(() => app.services.setFaults());

const failFirst = (first: number) =>
  app.services.setFaults({ sagemaker: { error: { code: 'ModelError', status: 424, first } } });
const rows = (sql: string) => app.rows(sql, [], client);

describe('a call that is made again after its failure was caught reaches the service again', () => {
  it('in DO', async () => {
    failFirst(2);
    await client.query(
      `DO $$ ${variables} BEGIN ${retry(`'x'`)} INSERT INTO answers VALUES ('x', answer, failures); END $$`,
    );
    expect(await rows('SELECT * FROM answers')).toEqual([['x', 'x', 2]]);
    expect(app.requests()).toHaveLength(3);
  });

  it('in a function', async () => {
    failFirst(3);
    expect(await rows(`SELECT ask('x')`)).toEqual([['x after 3']]);
    expect(app.requests()).toHaveLength(4);
  });

  it('in a function for each row, where the rest succeeds', async () => {
    failFirst(1);
    const [first, ...rest] = await rows(`SELECT ask(i::text) FROM generate_series(1, 3) i`);
    expect([first, ...rest].map((row) => String(row?.[0]).slice(0, 1))).toEqual(['1', '2', '3']);
  });

  it('in a procedure', async () => {
    failFirst(2);
    await client.query(`CALL ask_and_keep('x')`);
    expect(await rows('SELECT * FROM answers')).toEqual([['x', 'x', 2]]);
    expect(app.requests()).toHaveLength(3);
  });

  it('in a trigger', async () => {
    failFirst(2);
    await client.query(`INSERT INTO asked VALUES ('x')`);
    expect(await rows('SELECT * FROM asked')).toEqual([['x', 'x', 2]]);
    expect(app.requests()).toHaveLength(3);
  });

  it('in an open block', async () => {
    failFirst(2);
    await client.query('BEGIN');
    await client.query(`CALL ask_and_keep('x')`);
    await client.query('COMMIT');
    expect(await rows('SELECT * FROM answers')).toEqual([['x', 'x', 2]]);
    expect(app.requests()).toHaveLength(3);
  });

  it('until it is answered, in a loop that has no other end', async () => {
    failFirst(4);
    expect(await rows(`SELECT ask_until_answered('x')`)).toEqual([['x']]);
    expect(app.requests()).toHaveLength(5);
    expect(await rows('SELECT 1')).toEqual([[1]]);
  });

  it('and leaves what it has written once', async () => {
    failFirst(1);
    await client.query(`INSERT INTO answers SELECT i::text, ask(i::text) FROM generate_series(1, 2) i`);
    expect(await rows('SELECT input, left(answer, 1) FROM answers ORDER BY 1')).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });
});

describe('a failure that is caught once', () => {
  it('stays a batch', async () => {
    app.services.setFaults({ comprehend: { documentErrors: { matching: 'bad' } } });
    await client.query(`DO $$ DECLARE m text; BEGIN
      FOR i IN 1..30 LOOP
        BEGIN
          m := ${mood(`CASE WHEN i % 10 = 0 THEN 'bad ' ELSE 'good ' END || i`)};
        EXCEPTION WHEN OTHERS THEN m := 'failed';
        END;
        INSERT INTO answers VALUES (i, m);
      END LOOP;
    END $$`);
    expect(await rows('SELECT answer, count(*)::int FROM answers GROUP BY 1 ORDER BY 2')).toEqual([
      ['failed', 3],
      ['POSITIVE', 27],
    ]);
    expect(Math.max(...app.requests())).toBe(25);
  });

  it('may be caught again where the call fails whatever its service does', async () => {
    await client.query(`DO $$ DECLARE m text; BEGIN
      FOR i IN 1..3 LOOP
        BEGIN
          m := ${mood(`repeat('x', 6000)`)};
        EXCEPTION WHEN OTHERS THEN INSERT INTO answers VALUES (i, 'failed');
        END;
      END LOOP;
    END $$`);
    expect(await rows('SELECT count(*)::int FROM answers')).toEqual([[3]]);
    expect(app.requests()).toEqual([]);
  });
});

it('a transaction in which no result can arrive refuses to answer by memory', async () => {
  failFirst(2);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await expect(client.query(`CALL ask_and_keep('x')`)).rejects.toMatchObject({ code: '0A000' });
  await client.query('ROLLBACK');
});
