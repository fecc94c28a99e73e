import { loadParser, parseStatement } from 'pg-rewriter';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endpointCallsIn } from '../../src/natively/endpoint-calls.js';
import { missingModelInputs } from '../../src/natively/missing-overload.js';
import {
  ensureInvokeEndpoint,
  ensureInvokeEndpointNamed,
  readInvokeEndpointSignatures,
} from '../../src/natively/overloads.js';
import { OverloadRepair } from '../../src/natively/with-overloads.js';
import { invokeEndpointGrant, reachAllOverloads } from '../../src/statements/grant.js';
import { nameOneInvokeEndpoint } from '../../src/statements/regproc.js';
import { beginReplay } from '../../src/stubs/replay-results.js';
import { principalInvokeEndpoint } from '../../src/stubs/sql/ml-functions.js';
import { newNonce, readStubReport, type StubReport } from '../../src/stubs/stub-report.js';
import { createInstalledDatabase, type InstalledDatabase } from './installed.js';
import type { Session } from './session.js';

let database: InstalledDatabase;
let admin: Session;
let caller: Session;

beforeAll(() => loadParser());
beforeEach(async () => {
  database = await createInstalledDatabase();
  ({ admin, caller } = database);
});
afterEach(() => database.end());

/** Runs a statement as the Pool does: adds the overload that the server misses and tries again. */
async function runAddingOverloads(session: Session, sql: string): Promise<number> {
  const repair = new OverloadRepair(session.connection, sql);
  for (let added = 0; ; added++) {
    try {
      await session.query(sql);
      return added;
    } catch (error) {
      const helped = repair.applies(error) && (await repair.run(error));
      await session.connection.sync();
      if (!helped) throw error;
    }
  }
}

/** The model inputs that calls report, evaluated in one statement. */
async function modelInputs(session: Session, calls: string): Promise<(readonly (string | null)[])[]> {
  const nonce = newNonce();
  const reports: StubReport[] = [];
  session.connection.filterNotices((notice) => {
    const report = readStubReport(notice, nonce);
    if (report !== undefined) reports.push(report);
    return report !== undefined;
  });
  await beginReplay(session.connection, nonce, 'collect');
  await session.connection.run(calls);
  await session.connection.sync();
  session.connection.filterNotices(undefined);
  return reports.map((r) => r.call.arguments.slice(1));
}

const bodyOf = (inputs: string) =>
  `CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT aws_sagemaker.invoke_endpoint('e', NULL, ${inputs}) $$`;

describe('a call that no overload fits', () => {
  it.each([
    ['1', ['1']],
    [`1, 'two', 3.50`, ['1', 'two', '3.50']],
    [`date '2024-02-29', true, 'x'::name, B'101', interval '1 day'`, ['2024-02-29', 't', 'x', '101', '1 day']],
    ['1::smallint, 2::bigint, 3::real, 1e15::float8', ['1', '2', '3', '1e+15']],
    [`'a  '::char(4), NULL::int, NULL`, ['a   ', null, null]],
    [`ARRAY[1, NULL, 3]`, ['1', null, '3']],
    [`ARRAY['a', 'b c', 'd,e', 'f"g', '']`, ['a', 'b c', 'd,e', 'f"g', '']],
    [`ARRAY[]::int[], 5, NULL::int[]`, ['5', null]],
    [`'{"a": 1}'::jsonb, '10.0.0.1'::inet, '\\x0aff'::bytea`, ['{"a": 1}', '10.0.0.1', '\\x0aff']],
    [`'[2,4)'::int4range, 'pg_class'::regclass`, ['[2,4)', 'pg_class']],
    [`'p', 9007199254740993`, ['p', '9007199254740993']],
  ])('is accepted afterwards: %s', async (inputs, expected) => {
    await admin.query(
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_sagemaker TO caller; GRANT CREATE ON SCHEMA public TO caller`,
    );
    expect(await runAddingOverloads(caller, bodyOf(inputs))).toBeLessThanOrEqual(1);
    expect(await modelInputs(caller, 'SELECT f()')).toEqual([expected]);
  });

  it('takes types of users without keeping them from being dropped', async () => {
    await admin.query(`CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE product (id int, name text, m mood);
      CREATE DOMAIN price AS numeric(8, 2); INSERT INTO product VALUES (1, 'a b', 'ok'), (NULL, NULL, NULL)`);
    const calls = [
      `SELECT aws_sagemaker.invoke_endpoint('e', NULL, p) FROM product p`,
      `SELECT aws_sagemaker.invoke_endpoint('e', NULL, p, m, 1, m) FROM product p`,
      `SELECT aws_sagemaker.invoke_endpoint('e', NULL, 1.5::price, id) FROM product WHERE id = 1`,
    ];
    for (const [i, sql] of calls.entries()) {
      expect(await runAddingOverloads(admin, `EXPLAIN ${sql}`)).toBe([1, 1, 0][i]);
    }
    expect(await modelInputs(admin, calls[0]!)).toEqual([['(1,"a b",ok)'], ['(,,)']]);
    expect(await modelInputs(admin, calls[1]!)).toEqual([
      ['(1,"a b",ok)', 'ok', '1', 'ok'],
      ['(,,)', null, '1', null],
    ]);
    expect(await modelInputs(admin, calls[2]!)).toEqual([['1.50', '1']]);
    await admin.query('DROP TABLE product; DROP TYPE mood; DROP DOMAIN price');
  });

  it('stays an error where no overload can help', async () => {
    const sql = `SELECT aws_sagemaker.invoke_endpoint('e', now(), 1)`;
    await expect(runAddingOverloads(admin, sql)).rejects.toMatchObject({ code: '42883' });
    expect(await readInvokeEndpointSignatures(admin.connection)).toHaveLength(2);
    await admin.connection.sync();
  });

  it('refuses arrays of several dimensions as the native function does', async () => {
    await expect(
      modelInputs(admin, `SELECT aws_sagemaker.invoke_endpoint('e', NULL, '{{1},{2}}'::int[])`),
    ).rejects.toMatchObject({
      code: '2202E',
    });
    await admin.connection.sync();
  });

  it('calls no cast of a user', async () => {
    await admin.query(
      `GRANT CREATE ON SCHEMA public TO caller; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_sagemaker TO caller`,
    );
    await caller.query(`CREATE TYPE evil AS (a int);
      CREATE FUNCTION evil_text(evil) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$;
      CREATE CAST (evil AS text) WITH FUNCTION evil_text(evil) AS ASSIGNMENT`);
    const sql = `SELECT aws_sagemaker.invoke_endpoint('e', NULL, ROW(1)::evil)`;
    await runAddingOverloads(caller, `EXPLAIN ${sql}`);
    expect(await modelInputs(caller, sql)).toEqual([['(1)']]);
  });

  it('is created once by many at the same time, and needs no right', async () => {
    await Promise.all(
      [admin, caller].map((s) => ensureInvokeEndpoint(s.connection, [25, 1700]).then(() => s.connection.sync())),
    );
    expect(await readInvokeEndpointSignatures(caller.connection)).toEqual([
      'aws_sagemaker.invoke_endpoint(character varying,integer,character[])',
      'aws_sagemaker.invoke_endpoint(character varying,integer,_aws_ml.argument[])',
      'aws_sagemaker.invoke_endpoint(character varying,integer,character,_aws_ml.argument)',
    ]);
    await caller.connection.sync();
    await expect(caller.query(`SELECT aws_sagemaker.invoke_endpoint('e', NULL, 'a'::text, 2.5)`)).rejects.toMatchObject(
      {
        code: '42501',
      },
    );
  });
});

describe('the calls in a text', () => {
  const t = true;
  const f = false;
  it.each([
    [`SELECT aws_sagemaker.invoke_endpoint('e', 1, 7, 'x', ('y'), NULL, 'z'::text, f(a, 'b'))`, [[f, t, t, t, f, f]]],
    [`x := invoke_endpoint('e', NULL, a, /* ' */ 'b');-- invoke_endpoint(1,2,3)\n`, [[f, t]]],
    [`CREATE FUNCTION f() AS $$ SELECT "invoke_endpoint" ('e', 1, 'a', $1) $$`, [[t, f]]],
    [`EXECUTE 'SELECT invoke_endpoint(''e'', 1, ''it'', a)' || E'\\'' `, [[t, f]]],
    [
      `SELECT invoke_endpoint('e', 1, invoke_endpoint('f', 2, a[1, 2], 'x'), 'y')`,
      [
        [f, t],
        [f, t],
      ],
    ],
    ['SELECT invoke_endpoint, my_invoke_endpoint(1, 2, 3)', []],
    ['$q$ invoke_endpoint(1, 2, 3', []],
  ])('%s', (text, calls) => {
    expect(endpointCallsIn(text)).toEqual(calls);
  });

  it('are found in linear time', () => {
    const before = performance.now();
    for (const piece of [' ', '--', '/*', "'", '"', '(', '$a$', '$', "E'", "''", '\n', 'invoke_endpoint(', ',']) {
      endpointCallsIn(`invoke_endpoint(${piece.repeat(1_000_000 / piece.length)}`);
    }
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it.each(["'", '"', "\\'", 'x'])('are found in a text of megabytes that quotes %s', (piece) => {
    const quoted = piece.length === 1 ? `'${piece.repeat(8_000_000)}'` : `E'${piece.repeat(4_000_000)}'`;
    expect(endpointCallsIn(`SELECT invoke_endpoint('e', 1, 'x'), ${quoted}`)).toEqual([[t]]);
  });
});

describe('the error that names a missing overload', () => {
  const missing = (code: string, message: string) => missingModelInputs({ code, message });
  it.each([
    [['integer'], '42883', 'function aws_sagemaker.invoke_endpoint(unknown, unknown, integer) does not exist'],
    [
      ['unknown', 'bigint'],
      '42725',
      'function aws_sagemaker.invoke_endpoint(unknown, unknown, unknown, bigint) is not unique',
    ],
    [
      ['"odd, type)"', 'double precision[]'],
      '42883',
      'Funktion invoke_endpoint(unknown, integer, "odd, type)", double precision[]) existiert nicht',
    ],
    [undefined, '42883', 'function aws_sagemaker.invoke_endpoint(unknown, integer) does not exist'],
    [undefined, '42883', 'function my_invoke_endpoint(unknown, integer, integer) does not exist'],
    [undefined, '42703', 'column invoke_endpoint(a, b, c) does not exist'],
  ])('%j from %s %s', (types, code, message) => {
    expect(missing(code, message)).toEqual(types);
  });
});

describe('privileges', () => {
  const executable = `SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.proname = 'invoke_endpoint' AND has_function_privilege('caller', p.oid, 'EXECUTE') ORDER BY p.oid`;

  async function grant(sql: string): Promise<string> {
    const node = parseStatement(sql);
    const found = invokeEndpointGrant(node);
    if (found === undefined) throw new Error('not recognised');
    const rewritten = await reachAllOverloads(admin.connection, found);
    await admin.connection.run(rewritten);
    await admin.connection.sync();
    return rewritten;
  }

  it('reach all overloads, those to come as well', async () => {
    await ensureInvokeEndpointNamed(admin.connection, ['text', 'double precision[]']);
    await grant('GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint TO caller');
    expect(await admin.query(executable)).toHaveLength(3);
    await ensureInvokeEndpointNamed(caller.connection, ['date', 'text']);
    await caller.connection.sync();
    expect(await admin.query(executable)).toHaveLength(4);
    await grant('REVOKE ALL ON ROUTINE aws_sagemaker.invoke_endpoint(varchar, int, VARIADIC "any") FROM caller');
    expect(await admin.query(executable)).toEqual([]);
    await ensureInvokeEndpointNamed(caller.connection, ['text', 'timestamp with time zone', 'text']);
    await caller.connection.sync();
    expect(await admin.query(executable)).toEqual([]);
  });

  it('are taken back with the transaction', async () => {
    await ensureInvokeEndpointNamed(admin.connection, ['integer', 'text']);
    await admin.connection.sync();
    await admin.query('BEGIN');
    await grant('GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint, aws_bedrock.invoke_model TO caller');
    await admin.query('ROLLBACK');
    expect(await admin.query(executable)).toEqual([]);
  });

  it.each([
    'GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO caller',
    'GRANT EXECUTE ON FUNCTION other.invoke_endpoint TO caller',
    'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_sagemaker TO caller',
    'GRANT SELECT ON TABLE aws_sagemaker.invoke_endpoint TO caller',
    'SELECT 1',
  ])('of others are left alone: %s', (sql) => {
    expect(invokeEndpointGrant(parseStatement(sql))).toBeUndefined();
  });
});

describe('looking up the function by name', () => {
  let shared: InstalledDatabase;
  let principal: number;
  beforeAll(async () => {
    shared = await createInstalledDatabase();
    principal = Number((await shared.admin.query(`SELECT '${principalInvokeEndpoint}'::regprocedure::oid`))[0]?.[0]);
    await ensureInvokeEndpointNamed(shared.admin.connection, ['integer', 'text']);
    await shared.admin.connection.sync();
  });
  afterAll(() => shared.end());

  const one = 'aws_sagemaker.invoke_endpoint';
  it.each([
    [`SELECT 'é', '${one}'::regproc::text, 1`, [['é', one, '1']], ['?column?', 'text', '?column?']],
    [`SELECT regproc '${one}'`, [[one]], ['regproc']],
    [
      `SELECT to_regproc( '${one}')::text AS t, pg_catalog.to_regproc('AWS_sagemaker . invoke_endpoint')`,
      [[one, one]],
      ['t', 'to_regproc'],
    ],
    [
      `SELECT proname FROM pg_proc WHERE oid = CAST('${one}' AS pg_catalog.regproc)`,
      [['invoke_endpoint']],
      ['proname'],
    ],
    [
      `SELECT has_function_privilege('caller', '${one}(varchar, int, "any")', 'EXECUTE')`,
      [['f']],
      ['has_function_privilege'],
    ],
    [`SELECT to_regprocedure('${one}(varchar,integer,VARIADIC "any")') IS NOT NULL AS b`, [['t']], ['b']],
    [`SELECT '${one}(varchar,integer,"any")'::regprocedure IS NOT NULL AS b`, [['t']], ['b']],
  ])('%s', async (sql, rows, names) => {
    const rewritten = nameOneInvokeEndpoint(sql, parseStatement(sql), principal);
    const result = await shared.caller.connection.run(rewritten ?? sql);
    await shared.caller.connection.sync();
    expect(result.rows).toEqual(rows);
    expect(result.fields?.map((f) => f.name)).toEqual(names);
  });

  it.each([
    `SELECT '${one}'`,
    `SELECT 'my_${one}'::regproc`,
    `SELECT upper('${one}'), to_regproc('aws_bedrock.invoke_model')`,
    `SELECT ${one}('e', NULL, '${one}')`,
    'SELECT $1::regproc, to_regproc($1)',
  ])('leaves alone: %s', (sql) => {
    expect(nameOneInvokeEndpoint(sql, parseStatement(sql), principal)).toBeUndefined();
  });
});
