import type { MlCall } from 'aws-ml-core';
import { setCollectLimit } from '../stubs/stub-mode.js';
import { readStubReport } from '../stubs/stub-report.js';
import { type BoundSql, beginUnit, provideResults, type Replay, runToEnd } from './replay.js';

export interface Collected {
  /** The inputs without a result, in the order in which the statement asked for them. */
  readonly missing: readonly MlCall[];
  /** The functions that were running when the server reported one of them. */
  readonly stacks: ReadonlyMap<MlCall, string>;
  /** What ended the run before its end. */
  readonly error: unknown;
}

/**
 * Runs SQL in collect mode and undoes it: a call without a result is reported and gives NULL. The first report is an
 * input that native evaluation needs; those after it may follow from the NULL.
 *
 * @param limit the run ends when it has asked so many times in vain
 */
export async function collectRun(replay: Replay, sql: BoundSql, limit: number): Promise<Collected> {
  const { connection } = replay.context;
  const stacks = new Map<MlCall, string>();
  connection.filterNotices((notice) => {
    const report = readStubReport(notice, replay.nonce);
    if (report !== undefined) stacks.set(report.call, report.stack);
    return true;
  });
  const unit = beginUnit(replay);
  let error: unknown;
  try {
    provideResults(replay, 'collect');
    setCollectLimit(connection, limit).catch(() => {});
    await runToEnd(connection, sql);
    // Deferred triggers would call when the transaction commits.
    if (!replay.context.inBlock) await connection.run('SET CONSTRAINTS ALL IMMEDIATE');
  } catch (failure) {
    error = failure;
  } finally {
    await unit.undo();
    connection.filterNotices(undefined);
  }
  return { missing: [...stacks.keys()], stacks, error };
}
