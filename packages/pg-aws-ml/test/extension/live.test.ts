import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerLive, type Backend, beginLive, endLive, forgetLive, ownBackend } from '../../src/stubs/live-results.js';
import { liveTable } from '../../src/stubs/names.js';
import type { CallOutcome } from '../../src/stubs/replay-results.js';
import { endStubMode, setLiveMode, setLiveTimeout } from '../../src/stubs/stub-mode.js';
import { newNonce, readStubReport, type StubReport } from '../../src/stubs/stub-report.js';
import { createInstalledDatabase, type InstalledDatabase } from './installed.js';
import { openSession, type Session } from './session.js';

let database: InstalledDatabase;
let session: Session;
/** The second connection, of the same role. */
let answering: Session;
/** That of `session`. */
let backend: Backend;
let nonce: string;
let inputs: (string | null)[];

beforeAll(async () => {
  database = await createInstalledDatabase();
  await database.admin.query(
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_comprehend TO caller; GRANT CREATE ON SCHEMA public TO caller`,
  );
  session = database.caller;
  answering = await openSession(database.address, 'caller');
  backend = await ownBackend(session.connection);
  await session.connection.sync();
});
afterAll(async () => {
  await answering.end();
  await database.end();
});

beforeEach(() => {
  nonce = newNonce();
  inputs = [];
});
afterEach(async () => {
  session.connection.filterNotices(undefined);
  await session.connection.sync();
  await endLive(session.connection, nonce);
  await session.connection.sync();
  await forgetLive(answering.connection, nonce);
  await answering.connection.sync();
  const left = `SELECT (SELECT count(*) FROM _aws_ml.live_result), (SELECT count(*) FROM pg_class WHERE relname = '${liveTable.slice('pg_temp.'.length)}')`;
  expect(await database.admin.query(left)).toEqual([['0', '0']]);
});

/** Answers every input as it is reported. */
function answerWith(outcome: (report: StubReport) => CallOutcome) {
  session.connection.filterNotices((notice) => {
    const report = readStubReport(notice, nonce);
    if (report?.kind !== 'live' || report.number === null) return false;
    inputs.push(report.call.arguments[0] ?? null);
    void answerLive(answering.connection, nonce, report.number, backend, outcome(report));
    void answering.connection.sync();
    return true;
  });
}

const upper = (report: StubReport): CallOutcome => ({
  result: [report.call.arguments[0]?.toUpperCase() ?? null, '0.5'],
});

describe('live mode', () => {
  it('reports one input at a time, in order, and goes on with each result', async () => {
    answerWith(upper);
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection);
    const { rows } = await session.connection.run(
      `SELECT s.sentiment, s.confidence FROM generate_series(1, 20) i, aws_comprehend.detect_sentiment('n' || i, 'en') s`,
    );
    await session.connection.sync();
    expect(rows).toEqual(Array.from({ length: 20 }, (_, i) => [`N${i + 1}`, '0.5']));
    expect(inputs).toEqual(Array.from({ length: 20 }, (_, i) => `n${i + 1}`));
  });

  it('goes on through COMMITs of a procedure', async () => {
    answerWith(upper);
    await session.query(`CREATE TABLE done (i int, mood text);
      CREATE PROCEDURE score() LANGUAGE plpgsql AS $$
      DECLARE m text;
      BEGIN
        FOR i IN 1..5 LOOP
          EXECUTE 'SELECT (aws_comprehend.detect_sentiment($1, ''en'')).sentiment' INTO m USING 'n' || i;
          INSERT INTO done VALUES (i, m);
          COMMIT;
        END LOOP;
      END $$`);
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection, 'session');
    await session.connection.sync();
    await session.query('CALL score()');
    await endStubMode(session.connection, 'session');
    await session.connection.sync();
    expect(await session.query('SELECT mood FROM done ORDER BY i')).toEqual([['N1'], ['N2'], ['N3'], ['N4'], ['N5']]);
  });

  it('raises the error that is the answer', async () => {
    answerWith(() => ({ error: { code: '38000', message: 'refused', hint: 'wait' } }));
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection);
    await expect(session.connection.run(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '38000',
      message: 'refused',
      hint: 'wait',
    });
    await session.connection.sync();
  });

  it('waits no longer than it may', async () => {
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection);
    await setLiveTimeout(session.connection, 30);
    await expect(session.connection.run(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '38000',
      message: 'no result for aws_comprehend.detect_sentiment in time',
    });
    await session.connection.sync();
  });

  it('refuses isolation levels in which no result could arrive', async () => {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection);
    await expect(session.connection.run(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '0A000',
      message: 'aws_comprehend.detect_sentiment cannot be called row by row in a repeatable read transaction',
    });
    await session.connection.sync();
    await session.query('ROLLBACK');
  });

  it('takes no answer from who does not know the nonce', async () => {
    session.connection.filterNotices((notice) => {
      const report = readStubReport(notice, nonce);
      if (report?.number == null) return false;
      void answerLive(answering.connection, 'a guess', report.number, backend, upper(report));
      void answering.connection.sync();
      return true;
    });
    await beginLive(session.connection, nonce);
    await setLiveMode(session.connection);
    await setLiveTimeout(session.connection, 100);
    await expect(session.connection.run(`SELECT aws_comprehend.detect_sentiment('x', 'en')`)).rejects.toMatchObject({
      code: '38000',
    });
    await session.connection.sync();
    await forgetLive(answering.connection, 'a guess');
    await answering.connection.sync();
  });

  it('lets nothing that runs within the statement put another nonce in place', async () => {
    await beginLive(session.connection, nonce);
    await session.connection.sync();
    await beginLive(session.connection, nonce);
    await expect(beginLive(session.connection, newNonce())).rejects.toMatchObject({ code: '42501' });
    await session.connection.sync();
  });

  it('leaves the session as it was where the transaction fails', async () => {
    await session.query('BEGIN');
    await beginLive(session.connection, nonce);
    await expect(session.connection.run('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    await session.connection.sync();
    await session.query('ROLLBACK');
  });
});
