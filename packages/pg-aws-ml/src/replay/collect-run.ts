import type { MlCall } from 'aws-ml-core';
import { collectLimitMessage } from '../stubs/names.js';
import { setCollectLimit } from '../stubs/stub-mode.js';
import { readStubReport } from '../stubs/stub-report.js';
import { RepeatedFailures } from './repeated-failures.js';
import { type BoundSql, beginUnit, provideResults, type Replay, runToEnd } from './replay.js';
import { RunGuard } from './run-guard.js';

/** A run that has asked in vain, and then nothing for so long, may wait for a result in a loop. */
export const PATIENCE_MS = 2000;

export interface Collected {
  /** The inputs without a result, in the order in which the statement asked for them. */
  readonly missing: readonly MlCall[];
  /** The functions that were running when the server reported one of them. */
  readonly stacks: ReadonlyMap<MlCall, string>;
  /** What ended the run before its end. */
  readonly error: unknown;
  /** Whether it was stopped because it asked for nothing more, and did not end. */
  readonly stalled: boolean;
  /** Whether it made a call again whose failure it had caught; then it may have been stopped for that. */
  readonly failedAgain: boolean;
}

/**
 * Runs SQL in collect mode and undoes it: a call without a result is reported and gives NULL. The first report is an
 * input that native evaluation needs; those after it may follow from the NULL.
 *
 * @param limit the run ends when it has asked so many times in vain
 * @param patienceMs and when it asks for nothing so long after that; 0 for a run that ends by itself
 */
export async function collectRun(
  replay: Replay,
  sql: BoundSql,
  limit: number,
  patienceMs: number = PATIENCE_MS,
): Promise<Collected> {
  const { connection } = replay.context;
  const failures = new RepeatedFailures(replay.outcomes);
  const stacks = new Map<MlCall, string>();
  connection.filterNotices((notice) => {
    const report = readStubReport(notice, replay.nonce);
    if (report !== undefined && failures.take(report)) guard?.stop();
    if (report?.kind !== 'missing') return true;
    stacks.set(report.call, report.stack);
    guard?.expectMore(patienceMs);
    return true;
  });
  const unit = beginUnit(replay);
  const guard = patienceMs > 0 ? new RunGuard(replay.context) : undefined;
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
    await guard?.end();
    await unit.undo();
    connection.filterNotices(undefined);
  }
  const stopped = guard?.stopped === true && isCancel(error);
  const { found: failedAgain } = failures;
  return { missing: [...stacks.keys()], stacks, error, stalled: stopped && !failedAgain, failedAgain };
}

/** Whether a run was ended by its limit of calls. */
export const isLimit = (error: unknown): boolean =>
  isCancel(error) && (error as { message?: unknown }).message === collectLimitMessage;

/** query_canceled */
export const isCancel = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === '57014';
