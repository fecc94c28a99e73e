import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

let app: Application;
beforeAll(async () => {
  app = await startApplication({ services: { endpoints: { echo: { predict: (fields) => fields.join('|') } } } });
  for (const sql of [
    `CREATE TYPE size AS ENUM ('s', 'm')`,
    `CREATE TYPE hue AS ENUM ('red', 'blue')`,
    'CREATE TYPE pair AS (a int, b text)',
    'CREATE DOMAIN whole AS int',
    'CREATE DOMAIN note AS text',
    `CREATE TABLE item (id int, price numeric, weight real, name text, code char(4), s size, h hue, tags text[])`,
    `INSERT INTO item VALUES (1, 1.50, 0.1, 'n', 'ab', 's', 'red', '{x,y}')`,
  ]) {
    await app.pool.query(sql);
  }
});
afterAll(() => app.end());

const call = (inputs: string): string => `aws_sagemaker.invoke_endpoint('echo', 7, ${inputs})`;

/** What the endpoint got as one line of CSV; the function makes the statement one that is replayed. */
async function sent(inputs: string, from = ''): Promise<unknown[]> {
  const batched = await app.rows(`SELECT ${call(inputs)} ${from}`);
  const replayed = await app.rows(`SELECT ${call(inputs)}, replayed() ${from}`);
  return [batched[0]?.[0], replayed[0]?.[0]];
}

describe('the model inputs of a call', () => {
  beforeAll(() =>
    app.pool.query(`CREATE FUNCTION replayed() RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN aws_sagemaker.invoke_endpoint('echo', 7, 'replayed'); END $$`),
  );

  // In this order: each follows those that would take it by a cast, were there one.
  it.each([
    ['7, 1.5::real, 0', '7|1.5|0'],
    ['7, 1.50, 0', '7|1.50|0'],
    [`7, 'x', 0`, '7|x|0'],
    [`7, 'x ', name`, '7|x |n'],
    [`'empty', 7`, 'empty|7'],
    [`7, '(,)'`, '7|(,)'],
    [`7, '[{a},{b}]'`, '7|[{a},{b}]'],
    ['NULL, 1', '|1'],
    ['1, 9007199254740993', '1|9007199254740993'],
    ["date '2024-02-29', 1.0", '2024-02-29|1.0'],
    [`code, 1.0`, 'ab  |1.0'],
    [`name, 1.0`, 'n|1.0'],
    [`'v'::varchar, 1.0`, 'v|1.0'],
    [`'a'::name, '1'::"char", 'pg_class'::regclass, 1::money`, 'a|1|pg_class|$1.00'],
    [`true, B'101', '{"a": 1}'::jsonb`, 't|101|{"a": 1}'],
    ['tags, price', 'x|y|1.50'],
    ['ARRAY[1, 2], tags', '1|2|x|y'],
    ['s, price', 's|1.50'],
    ['h, s', 'red|s'],
    ['s, h, name', 's|red|n'],
    ['ARRAY[s], 1', 's|1'],
    ['item', '(1,1.50,0.1,n,"ab  ",s,red,"{x,y}")'],
    ['ROW(1, 2), 3', '(1,2)|3'],
    [`ROW(1, 'b')::pair, 'x'`, '(1,b)|x'],
    ["5::whole, 't'::note", '5|t'],
    [`VARIADIC ARRAY[1, 2]`, '1|2'],
    [`VARIADIC ARRAY['1', '2']`, '1|2'],
  ])('keep their own types: %s', async (inputs, line) => {
    expect(await sent(inputs, 'FROM item')).toEqual([line, line]);
  });

  it.each([
    ['7, 2.50, 0', '7|2.50|0'],
    [`7, 'y', 0`, '7|y|0'],
    ['id, name, price, code', '1|n|1.50|ab  '],
  ])('keep their own types everywhere: %s', async (inputs, line) => {
    const quoted = line.replaceAll("'", "''");
    const from = 'FROM item';
    expect(await app.rows(`SELECT EXISTS (SELECT 1 ${from} WHERE ${call(inputs)} = '${quoted}')`)).toEqual([[true]]);
    expect(await app.rows(`WITH w AS (SELECT ${call(inputs)} AS a ${from}) SELECT a FROM w`)).toEqual([[line]]);
    const n = inputs.length;
    for (const [name, definition] of [
      [`text_${n}`, `LANGUAGE sql AS 'SELECT ${call(inputs).replaceAll("'", "''")} ${from}'`],
      [`atomic_${n}`, `LANGUAGE sql BEGIN ATOMIC SELECT ${call(inputs)} ${from}; END`],
      [
        `pl_${n}`,
        `LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN SELECT ${call(inputs)} INTO r ${from}; RETURN r;
         EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$`,
      ],
      [
        `dynamic_${n}`,
        `LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE $q$SELECT ${call(inputs)} ${from}$q$ INTO r; RETURN r;
         EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$`,
      ],
    ]) {
      await app.pool.query(`CREATE FUNCTION ${name}() RETURNS text ${definition}`);
      expect([name, await app.rows(`SELECT ${name}()`)]).toEqual([name, [[line]]]);
    }
    await app.pool.query(`CREATE VIEW view_${n} AS SELECT ${call(inputs)} AS a ${from}`);
    expect(await app.rows(`SELECT a FROM view_${n}`)).toEqual([[line]]);
    expect(await app.rows(`SELECT a, replayed() FROM view_${n}`)).toEqual([[line, 'replayed']]);
  });

  it('of a user’s own overloaded wrapper', async () => {
    await app.pool.query(
      `CREATE FUNCTION mine(a int, b text) RETURNS text LANGUAGE sql AS $$ SELECT ${call('a, b, 0')} $$`,
    );
    await app.pool.query(
      `CREATE FUNCTION mine(a numeric, b text) RETURNS text LANGUAGE sql AS $$ SELECT ${call('a, b, 0')} $$`,
    );
    expect(await app.rows(`SELECT mine(1, 'x'), mine(1.50, 'y')`)).toEqual([['1|x|0', '1.50|y|0']]);
  });

  it('do not hold types of users: tables and enums can be dropped', async () => {
    await app.pool.query(`CREATE TYPE short AS ENUM ('a')`);
    await app.pool.query('CREATE TABLE lived (id int, s short)');
    await app.pool.query(`INSERT INTO lived VALUES (1, 'a')`);
    expect(await sent('lived, lived.s, 1', 'FROM lived')).toEqual(['(1,a)|a|1', '(1,a)|a|1']);
    await app.pool.query('DROP TABLE lived');
    await app.pool.query('DROP TYPE short');
  });

  it.each(['$1', '7, $1', `'x', $1, 7`])('without a type are an error: %s', async (inputs) => {
    await expect(app.rows(`SELECT ${call(inputs)}`, ['a'])).rejects.toMatchObject({ code: '42P18' });
    await expect(app.rows(`SELECT ${call(inputs)}, replayed()`, ['a'])).rejects.toMatchObject({ code: '42P18' });
    expect(await app.rows(`SELECT ${call(inputs.replace('$1', '$1::numeric'))}`, ['1.50'])).toHaveLength(1);
  });

  it.each([
    `SELECT ${call(`'{{1,2},{3,4}}'::int[]`)}`,
    `SELECT ${call(`m`)} FROM (VALUES ('{{1,2},{3,4}}'::int[])) AS v (m)`,
    `SELECT ${call(`'[2:3][1:1]={{1},{3}}'::int[]`)}`,
    `SELECT ${call(`'{{1,2},{3,4}}'::text[]`)}, replayed()`,
    `DO $$ BEGIN PERFORM ${call(`1, '{{1,2},{3,4}}'::int[]`)}; END $$`,
  ])('of two dimensions are an error: %s', async (sql) => {
    await expect(app.pool.query(sql)).rejects.toMatchObject({ code: '2202E' });
  });
});

describe('a body that a statement runs live finds functions for composite types and enums', () => {
  it.each([
    ['arguments of its function', '(a boolean, b pair, c size)', `true, '(1,x)', 's'`],
    ['an argument of its own', '(b pair)', `'(1,x)'`],
  ])('%s', async (_name, parameters, inputs) => {
    const names = [...parameters.matchAll(/(\w) \w+/g)].map(([, name]) => name).join(', ');
    await app.pool.query(`CREATE OR REPLACE PROCEDURE live${parameters} LANGUAGE plpgsql AS $$
      DECLARE got text; BEGIN COMMIT; got := ${call(names)}; RAISE SQLSTATE 'P0001' USING message = got; END $$`);
    await expect(app.pool.query(`CALL live(${inputs})`)).rejects.toMatchObject({
      code: 'P0001',
      message: expect.stringContaining('(1,x)'),
    });
  });

  it('columns of the table whose trigger it is', async () => {
    await app.pool.query(`CREATE TABLE shaped (id serial, p pair, h hue, got text);
      CREATE FUNCTION shape() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.got := ${call('NEW.id, NEW.p, NEW.h')}; RETURN NEW; END $$;
      CREATE TRIGGER shape BEFORE INSERT ON shaped FOR EACH ROW EXECUTE FUNCTION shape()`);
    await app.pool.query(`INSERT INTO shaped (p, h) VALUES ('(1,x)', 'red')`);
    expect(await app.rows('SELECT got FROM shaped')).toEqual([['1|(1,x)|red']]);
  });
});
