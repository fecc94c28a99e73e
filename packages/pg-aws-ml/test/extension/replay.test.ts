import type { MlCall } from 'aws-ml-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../src/server/server-connection.js';
import { replayProof, resultsTable } from '../../src/stubs/names.js';
import { beginReplay, type CallOutcome, endReplay, openResults, storeResults } from '../../src/stubs/replay-results.js';
import { resultKey } from '../../src/stubs/result-key.js';
import { describeOnly } from '../../src/stubs/stub-mode.js';
import { newNonce, readStubReport, type StubReport } from '../../src/stubs/stub-report.js';
import { serverVersion } from '../support/postgres.js';
import { createInstalledDatabase, type InstalledDatabase } from './installed.js';
import type { Session } from './session.js';

const results = resultsTable.slice('pg_temp.'.length);

let database: InstalledDatabase;
let session: Session;
let nonce: string;
let reports: StubReport[];

beforeAll(async () => {
  database = await createInstalledDatabase();
  await database.admin.query(
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_comprehend, aws_sagemaker, aws_bedrock TO caller`,
  );
  await database.admin.query(
    `CREATE TABLE t AS SELECT i, 'text ' || i % 3 AS body FROM generate_series(1, 9) i; GRANT SELECT ON t TO caller`,
  );
  session = database.caller;
});
afterAll(() => database.end());

beforeEach(() => {
  nonce = newNonce();
  reports = [];
  session.connection.filterNotices((notice) => {
    const report = readStubReport(notice, nonce);
    if (report !== undefined) reports.push(report);
    return report !== undefined;
  });
});
afterEach(async () => {
  await session.connection.sync();
  session.connection.filterNotices(undefined);
  session.notices.length = 0;
});

const rows = async (sql: string) => (await session.connection.run(sql)).rows;

const storeOutcomes = (connection: ServerConnection, by: string, outcomes: (readonly [MlCall, CallOutcome])[]) =>
  storeResults(connection, by, new Map(outcomes.map(([c, outcome]) => [resultKey(c.function, c.arguments), outcome])));

const sentimentOf = (text: string): MlCall => ({
  function: 'aws_comprehend.detect_sentiment',
  arguments: [text, 'en'],
  maxRowsPerBatch: null,
});
const mood: CallOutcome = { result: ['POSITIVE', '0.25'] };

describe('outside pg-aws-ml', () => {
  it('refuses to answer, and says what to do', async () => {
    await expect(session.query(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '0A000',
      message: 'aws_comprehend.detect_sentiment needs a connection of pg-aws-ml',
      hint: expect.stringContaining('Pool'),
    });
  });
});

describe('null arguments, in any mode', () => {
  it.each([
    [`SELECT * FROM aws_comprehend.detect_sentiment(NULL, NULL)`, [null, null]],
    [`SELECT aws_bedrock.invoke_model(NULL, 'a', 'b', 'c')`, [null]],
    [`SELECT aws_bedrock.invoke_model('m', 'a', 'b', NULL)`, [null]],
    [`SELECT aws_bedrock.invoke_model_get_embeddings(NULL, 'a', 'b', 'c')`, [null]],
  ])('%s', async (sql, row) => {
    expect(await session.query(sql)).toEqual([row]);
  });

  it.each([
    [
      `SELECT aws_comprehend.detect_sentiment('x', NULL)`,
      'aws_comprehend.detect_sentiment: language_code must not be null',
    ],
    [
      `SELECT aws_sagemaker.invoke_endpoint(NULL, NULL, 'x')`,
      'aws_sagemaker.invoke_endpoint: endpoint_name must not be null',
    ],
  ])('%s', async (sql, message) => {
    await expect(session.query(sql)).rejects.toMatchObject({ code: '22004', message });
  });
});

describe('describe mode', () => {
  it('gives nulls, and reports nothing, even where the planner evaluates', async () => {
    await database.admin.query(`CREATE OR REPLACE FUNCTION fixed(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$`);
    await describeOnly(session.connection);
    await rows(`EXPLAIN SELECT fixed('x')`);
    expect(await rows(`SELECT fixed('x')`)).toEqual([[null]]);
    expect(reports).toEqual([]);
  });
});

describe('collect mode', () => {
  it('reports each distinct input once and gives null', async () => {
    await rows(`SELECT set_config('client_min_messages', 'error', true)`);
    await beginReplay(session.connection, nonce, 'collect');
    expect(await rows(`SELECT DISTINCT s FROM t, aws_comprehend.detect_sentiment(body, 'en', 7) s`)).toEqual([['(,)']]);
    expect(reports.map((r) => [r.kind, r.call.function, ...r.call.arguments, r.call.maxRowsPerBatch]).sort()).toEqual(
      [0, 1, 2].map((i) => ['missing', 'aws_comprehend.detect_sentiment', `text ${i}`, 'en', 7]),
    );
    expect(session.notices).toEqual([]);
  });

  it('reports again what a savepoint took back, and not what is stored', async () => {
    const { connection } = session;
    await beginReplay(connection, nonce, 'collect');
    await connection.sync();
    await connection.simple('BEGIN');
    await beginReplay(connection, nonce, 'collect');
    await connection.run('SAVEPOINT s');
    await rows(`SELECT aws_comprehend.detect_sentiment(body, 'en') FROM t`);
    await connection.run('ROLLBACK TO s');
    expect(reports).toHaveLength(3);
    await storeOutcomes(connection, nonce, [[sentimentOf('text 1'), mood]]);
    reports.length = 0;
    await rows(`SELECT aws_comprehend.detect_sentiment(body, 'en') FROM t`);
    expect(reports.map((r) => r.call.arguments[0]).sort()).toEqual(['text 0', 'text 2']);
    await connection.sync();
    await connection.simple('ROLLBACK');
  });

  it('gives arguments as their output functions write them', async () => {
    await beginReplay(session.connection, nonce, 'collect');
    await rows(`SELECT aws_sagemaker.invoke_endpoint('e', 5, 'a "b"', NULL, E'c\\nd😀')`);
    await rows(`SELECT aws_bedrock.invoke_model('m', NULL, '', 'in')`);
    expect(reports.map((r) => r.call)).toEqual([
      { function: 'aws_sagemaker.invoke_endpoint', arguments: ['e', 'a "b"', null, 'c\nd😀'], maxRowsPerBatch: 5 },
      { function: 'aws_bedrock.invoke_model', arguments: ['m', null, '', 'in'], maxRowsPerBatch: null },
    ]);
  });
});

describe('strict mode', () => {
  it('gives the stored results with their types', async () => {
    const { connection } = session;
    await beginReplay(connection, nonce, 'strict');
    await storeOutcomes(connection, nonce, [
      [sentimentOf('x'), mood],
      [
        { function: 'aws_sagemaker.invoke_endpoint', arguments: ['e', 'a', null], maxRowsPerBatch: null },
        { result: ['42'] },
      ],
      [
        { function: 'aws_bedrock.invoke_model', arguments: ['m', 'c', 'a', 'i'], maxRowsPerBatch: null },
        { result: ['"{\\}\n'] },
      ],
      [
        { function: 'aws_bedrock.invoke_model_get_embeddings', arguments: ['m', 'c', 'k', 'i'], maxRowsPerBatch: null },
        { result: ['{0.5,-1}'] },
      ],
    ]);
    await beginReplay(connection, nonce, 'strict');
    expect(
      await rows(`SELECT s.*, s.confidence * 2, aws_sagemaker.invoke_endpoint('e', 3, 'a', NULL)::int + 1,
        aws_bedrock.invoke_model('m', 'c', 'a', 'i'),
        (aws_bedrock.invoke_model_get_embeddings('m', 'c', 'k', 'i'))[2] FROM aws_comprehend.detect_sentiment('x', 'en') s`),
    ).toEqual([['POSITIVE', '0.25', '0.5', '43', '"{\\}\n', '-1']]);
    expect(reports).toEqual([]);
  });

  it('raises on a miss, and its report survives an EXCEPTION block', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await rows(`DO $$ BEGIN PERFORM aws_comprehend.detect_sentiment('x', 'en'); EXCEPTION WHEN OTHERS THEN END $$`);
    expect(reports).toMatchObject([{ kind: 'strict-miss', call: sentimentOf('x') }]);
    await expect(rows(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({ code: 'ML002' });
  });

  it('raises a stored error, which EXCEPTION blocks catch', async () => {
    const { connection } = session;
    const failed: CallOutcome = { error: { code: '38000', message: 'refused', detail: 'request 1', hint: 'wait' } };
    const bare: CallOutcome = { error: { code: '38001', message: 'bare' } };
    await beginReplay(connection, nonce, 'strict');
    await storeOutcomes(connection, nonce, [
      [sentimentOf('x'), failed],
      [sentimentOf('y'), bare],
    ]);
    await beginReplay(connection, nonce, 'strict');
    await rows(
      `DO $$ BEGIN PERFORM aws_comprehend.detect_sentiment('x', 'en'); EXCEPTION WHEN SQLSTATE '38000' THEN RAISE NOTICE '%', SQLERRM; END $$`,
    );
    expect(session.notices.map((n) => n.message)).toEqual(['refused']);
    await expect(rows(`SELECT aws_comprehend.detect_sentiment('y', 'en')`)).rejects.toMatchObject({
      code: '38001',
      message: 'bare',
      detail: undefined,
      hint: undefined,
    });
  });

  it('serves callers under another role', async () => {
    await database.admin.query(`CREATE OR REPLACE FUNCTION mood_of(t text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$; GRANT EXECUTE ON FUNCTION mood_of TO PUBLIC`);
    await beginReplay(session.connection, nonce, 'strict');
    await storeOutcomes(session.connection, nonce, [[sentimentOf('x'), mood]]);
    await beginReplay(session.connection, nonce, 'strict');
    expect(await rows(`SELECT mood_of('x')`)).toEqual([['POSITIVE']]);
  });

  it('stores many results', async () => {
    const { connection } = session;
    await beginReplay(connection, nonce, 'strict');
    const calls = Array.from({ length: 12_001 }, (_, i): [MlCall, CallOutcome] => [
      sentimentOf(`n${i}`),
      { result: [`r${i}`, '1'] },
    ]);
    await storeOutcomes(connection, nonce, calls);
    await storeOutcomes(connection, nonce, [[sentimentOf('n7'), { result: ['later', '1'] }]]);
    await beginReplay(connection, nonce, 'strict');
    expect(
      await rows(
        `SELECT count(*), max(s.sentiment) FILTER (WHERE i = 7) FROM generate_series(0, 12000) i, aws_comprehend.detect_sentiment('n' || i, 'en') s`,
      ),
    ).toEqual([['12001', 'later']]);
  });
});

// In PostgreSQL 14 only superusers track functions.
describe.skipIf(serverVersion() < 15)('monitoring', () => {
  it('shows the calls of the ML functions, and nothing of ours beside them', async () => {
    const { connection } = session;
    await database.admin.query(`GRANT SET ON PARAMETER track_functions TO caller`);
    await session.query(`SET track_functions = 'all'`);
    await beginReplay(connection, nonce, 'strict');
    await storeOutcomes(connection, nonce, [[sentimentOf('x'), mood]]);
    await beginReplay(connection, nonce, 'strict');
    await rows(`SELECT aws_comprehend.detect_sentiment('x', 'en') FROM generate_series(1, 5)`);
    await connection.sync();
    await session.query('SELECT pg_stat_force_next_flush()');
    expect(
      await session.query(
        `SELECT schemaname, funcname, calls FROM pg_stat_user_functions WHERE schemaname LIKE 'aws_%'`,
      ),
    ).toEqual([['aws_comprehend', 'detect_sentiment', '5']]);
    await session.query('RESET track_functions');
  });
});

describe('what is left afterwards', () => {
  it('is nothing once the transaction ends, or before on demand', async () => {
    const { connection } = session;
    const tables = `SELECT count(*) FROM pg_class WHERE relname = '${results}'`;
    await beginReplay(connection, nonce, 'strict');
    expect(await rows(tables)).toEqual([['1']]);
    await endReplay(connection, 'another nonce');
    expect(await rows(tables)).toEqual([['1']]);
    await endReplay(connection, nonce);
    expect(await rows(tables)).toEqual([['0']]);
    await beginReplay(connection, nonce, 'strict');
    await connection.sync();
    expect(await session.query(tables)).toEqual([['0']]);
    expect(await session.query(`SELECT current_setting('aws_ml.mode', true)`)).toEqual([['']]);
  });
});

describe('security', () => {
  it('lets a role read and write the results only through the functions', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await expect(rows(`SELECT * FROM ${resultsTable}`)).rejects.toMatchObject({ code: '42501' });
  });

  it('opens the results but for the nonce, and to who knows it', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await openResults(session.connection, nonce);
    expect(await rows(`SELECT key, r1, r2 FROM ${resultsTable}`)).toEqual([['\\x', null, null]]);
    await expect(rows(`SELECT nonce FROM ${resultsTable}`)).rejects.toMatchObject({ code: '42501' });
  });

  it('opens them to nobody else', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await expect(openResults(session.connection, newNonce())).rejects.toMatchObject({ code: '42501' });
  });

  it('takes results only from who knows the nonce', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await expect(storeOutcomes(session.connection, newNonce(), [[sentimentOf('x'), mood]])).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('lets nothing that runs within the statement put another nonce in place', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await expect(beginReplay(session.connection, newNonce(), 'strict')).rejects.toMatchObject({ code: '42501' });
  });

  it('lets no role say which table holds the results', async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await endReplay(session.connection, nonce);
    for (const sql of [`setval('${replayProof}', 1)`, `nextval('${replayProof}')`]) {
      await expect(rows(`SELECT ${sql}`)).rejects.toMatchObject({ code: '42501' });
      await session.connection.sync();
    }
  });

  it("answers nothing from a role's own table in place of that which the replay had", async () => {
    await beginReplay(session.connection, nonce, 'strict');
    await endReplay(session.connection, nonce);
    await rows(`CREATE TEMP TABLE ${results} (key bytea, done boolean, r1 text, r2 text, code text)`);
    await rows(
      `INSERT INTO ${results} VALUES ('\\x${resultKey('aws_comprehend.detect_sentiment', ['x', 'en'])}', true, 'POSITIVE')`,
    );
    await expect(rows(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({ code: '42501' });
  });

  it('recognises forged reports', async () => {
    const forged = JSON.stringify({
      number: null,
      function: 'aws_comprehend.detect_sentiment',
      arguments: ['x', 'en'],
      maxRowsPerBatch: null,
    });
    await rows(
      `DO $$ BEGIN RAISE INFO USING ERRCODE = 'ML001', MESSAGE = '${forged}', DETAIL = repeat('0', 64); END $$`,
    );
    await rows(`DO $$ BEGIN RAISE INFO USING ERRCODE = 'ML001', MESSAGE = '${forged}'; END $$`);
    expect(reports).toEqual([]);
    expect(session.notices).toHaveLength(2);
  });

  it.each([
    'evaluate',
    'report',
    'await_live',
    'has_own_table',
    'knows_replay',
    'without_result',
    'evaluate_otherwise',
    'describe_mode',
    'csv_field',
    'raise',
  ])('keeps %s to the functions of the extension', async (name) => {
    const [row] = await database.admin.query(
      `SELECT bool_or(has_function_privilege('caller', oid, 'EXECUTE')) FROM pg_proc
         WHERE pronamespace = '_aws_ml'::regnamespace AND proname = '${name}'`,
    );
    expect(row).toEqual(['f']);
  });

  it.each([
    ['a view', `CREATE TEMP VIEW ${results} AS SELECT ''::bytea AS key, true AS done, owned() AS r1`],
    ['a table', `CREATE TEMP TABLE ${results} (key bytea, done boolean, r1 text)`],
  ])("never runs %s of another role that has the table's name", async (_, definition) => {
    await beginReplay(session.connection, nonce, 'strict');
    await endReplay(session.connection, nonce);
    await rows(
      `CREATE FUNCTION pg_temp.owned() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$`,
    );
    await rows(definition.replace('owned', 'pg_temp.owned'));
    await rows(`SELECT set_config('aws_ml.mode', 'replay', true)`);
    await expect(rows(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '42501',
      message: `the name ${resultsTable} is taken by another role`,
    });
  });

  it("is not led astray by the caller's search_path", async () => {
    await rows(
      `CREATE FUNCTION pg_temp.num_nulls(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$`,
    );
    await rows(
      `CREATE FUNCTION pg_temp.format(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$`,
    );
    await rows(`SELECT set_config('search_path', 'pg_temp, pg_catalog', true)`);
    await beginReplay(session.connection, nonce, 'collect');
    await rows(`SELECT aws_sagemaker.invoke_endpoint('e', 1, 'a'), aws_comprehend.detect_sentiment('b', 'en')`);
    expect(reports).toHaveLength(2);
  });
});
