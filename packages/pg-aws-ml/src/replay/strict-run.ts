import { WayRefused } from '../pool-state/way-refused.js';
import { databaseError } from '../server/database-error.js';
import type { AnswerRow, FieldDescription, ServerNotice } from '../server/server-connection.js';
import { portalName } from '../stubs/names.js';
import { endReplay } from '../stubs/replay-results.js';
import { endStubMode } from '../stubs/stub-mode.js';
import { readStubReport } from '../stubs/stub-report.js';
import { hasCursors } from './cursors.js';
import { failedAgain, RepeatedFailures } from './repeated-failures.js';
import { type BoundSql, beginUnit, provideResults, type Replay } from './replay.js';
import { RunGuard } from './run-guard.js';

const PORTAL = portalName('strict');
const FETCH_ROWS = 1000;
/** Rows held back at most until the statement is known to miss no result. */
const HELD_ROWS = 20_000;

/**
 * Runs the statement for real, with all results at hand, and answers it.
 * @returns false where it asked for a result that isn't there (rows have changed meanwhile): then nothing has happened
 */
export async function strictRun(replay: Replay, sql: BoundSql): Promise<boolean> {
  const { connection } = replay.context;
  const answer = new HeldAnswer(replay);
  const failures = new RepeatedFailures(replay.outcomes);
  let missed = false;
  connection.filterNotices((notice) => {
    const report = readStubReport(notice, replay.nonce);
    if (report?.kind === 'strict-miss') missed = true;
    if (report !== undefined && failures.take(report)) guard?.stop();
    return report !== undefined || answer.hold(notice);
  });
  const { value: parallel } = await workersPerGather(replay);
  const unit = beginUnit(replay);
  const guard = replay.outcomes.mayChange ? new RunGuard(replay.context) : undefined;
  try {
    provideResults(replay, 'strict', sql);
    const { resultFormats } = replay.context.statement;
    const opened = connection.openPortal(PORTAL, sql.text, { values: sql.values, types: sql.types, resultFormats });
    opened.catch(() => {});
    let fetched = connection.fetchAnswer(PORTAL, FETCH_ROWS, resultFormats);
    fetched.catch(() => {});
    answer.fields = describedAs(await opened, sql.answersAs);
    for (;;) {
      const { rows, done, commandTag } = await fetched;
      if (missed || failures.found) throw undefined;
      await answer.rows(rows);
      answer.commandTag = commandTag;
      if (done) break;
      fetched = connection.fetchAnswer(PORTAL, FETCH_ROWS, resultFormats);
    }
    // Before the table goes that the portal reads.
    const closed = connection.closePortal(PORTAL);
    // Deferred triggers would ask when the transaction has committed already.
    if (!replay.context.inBlock) await connection.run('SET CONSTRAINTS ALL IMMEDIATE');
    await closed;
    if (missed || failures.found) throw undefined;
    if (replay.context.inBlock) await leaveSession(replay, parallel);
    await unit.keep();
  } catch (error) {
    connection.filterNotices(undefined);
    await guard?.end();
    await unit.undo(missed || failures.found ? 'probe' : 'statement').catch(() => {});
    if (failures.found) {
      if (answer.released) throw databaseError('40001', failedAgain);
      throw new WayRefused('replay', failedAgain);
    }
    if (!missed) {
      answer.releaseNotices();
      throw error;
    }
    if (answer.released) throw databaseError('40001', 'rows changed while the statement was being answered');
    return false;
  }
  connection.filterNotices(undefined);
  await answer.complete();
  return true;
}

/** A statement that was written anew answers under the names that the server gives the one that it stands for. */
function describedAs(
  fields: readonly FieldDescription[] | null,
  native: readonly FieldDescription[] | null | undefined,
): readonly FieldDescription[] | null {
  if (fields === null || native == null) return fields;
  if (fields.length !== native.length || fields.some((field, i) => field.dataTypeID !== native[i]?.dataTypeID)) {
    throw new Error('a statement that was written anew has other columns');
  }
  return native;
}

/** The block goes on without our settings and table. */
export async function leaveSession({ context, nonce }: Replay, parallel: string): Promise<void> {
  const { connection } = context;
  if (await hasCursors(connection)) return;
  await Promise.all([
    endReplay(connection, nonce),
    endStubMode(connection),
    connection.run(`SELECT pg_catalog.set_config('max_parallel_workers_per_gather', $1, true)`, { values: [parallel] }),
  ]);
}

export async function workersPerGather({ context }: Replay): Promise<{ value: string }> {
  if (!context.inBlock) return { value: '' };
  const { rows } = await context.connection.run(`SELECT pg_catalog.current_setting('max_parallel_workers_per_gather')`);
  return { value: rows[0]?.[0] ?? '2' };
}

/** Keeps notices and the first rows until it is clear that they count. */
class HeldAnswer {
  fields: readonly FieldDescription[] | null = null;
  commandTag = '';
  released = false;
  readonly #replay: Replay;
  #notices: ServerNotice[] = [];
  #rows: AnswerRow[] = [];

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  hold(notice: ServerNotice): boolean {
    if (this.released) return false;
    this.#notices.push(notice);
    return true;
  }

  async rows(rows: readonly AnswerRow[]): Promise<void> {
    if (this.released) {
      await this.#replay.context.sink.rows(rows);
      return;
    }
    for (const row of rows) this.#rows.push(row);
    if (this.#rows.length > HELD_ROWS) await this.#release();
  }

  releaseNotices(): void {
    const notices = this.#notices;
    this.#notices = [];
    for (const notice of notices) this.#replay.context.connection.passNotice(notice);
  }

  async complete(): Promise<void> {
    await this.#release();
    this.#replay.context.sink.commandComplete(this.commandTag);
  }

  async #release(): Promise<void> {
    this.releaseNotices();
    if (this.released) return;
    this.released = true;
    const { sink } = this.#replay.context;
    if (this.fields === null) return;
    await sink.rowDescription(this.fields);
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length > 0) await sink.rows(rows);
  }
}
