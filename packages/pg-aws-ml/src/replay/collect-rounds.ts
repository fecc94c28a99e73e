import type { MlCall } from 'aws-ml-core';
import { waitInterruptibly } from '../execute/interruptible-wait.js';
import { canRunLive } from '../live/live-calls.js';
import { chargingCallers } from '../monitoring/service-time.js';
import { OverloadRepair } from '../natively/with-overloads.js';
import { WayRefused } from '../pool-state/way-refused.js';
import { databaseError } from '../server/database-error.js';
import { settle } from '../server/transaction.js';
import { CollectPace } from './collect-pace.js';
import { collectRun, isCancel, isLimit, PATIENCE_MS } from './collect-run.js';
import { feedsOnResults } from './feeds-on-results.js';
import { MlMentions } from './ml-mentions.js';
import { readsToTheEnd } from './reads-to-the-end.js';
import { failedAgain } from './repeated-failures.js';
import type { BoundSql, Replay } from './replay.js';
import { repeatsInputs } from './steady-inputs.js';

const NO_LIMIT = 2 ** 31 - 1;
/** After so many rounds with one input each, row by row is no slower. */
const MAX_SINGLE_ROUNDS = 10;
/** After so many runs that wait for a result in a loop, each for seconds. */
const MAX_STALLED_ROUNDS = 1;

/** After so many rounds, and each time twice as many, that don't get smaller: the inputs may be others in each run. */
const DOUBT_ROUNDS = 3;

/**
 * Runs SQL in collect mode and invokes what it reports, until a run misses nothing or fails in a way of its own.
 *
 * Each round invokes the calls of one function: the one that was asked for first. What another function is asked behind
 * a call without a result may follow from the NULL (`CASE`, `IF`), and shows in the next round if it does not.
 *
 * @param mayMiss whether the statement, where it asks for much, may be run for real once a run has come to its end and
 *   all that it missed is answered. What follows from the answers and is still missing shows there as well.
 */
export async function collectRounds(replay: Replay, sql: BoundSql, mayMiss = false): Promise<void> {
  const repair = new OverloadRepair(replay.context.connection, sql.text);
  const { asksForAll: unlimited, feedsOn } = await natureOf(replay, sql);
  const pace = new CollectPace();
  let singleRounds = 0;
  let stalledRounds = 0;
  let doubtful = DOUBT_ROUNDS;
  let latest: readonly MlCall[] = [];
  for (let rounds = 0; ; rounds++) {
    const patience = unlimited ? 0 : PATIENCE_MS * 2 ** stalledRounds;
    const run = await collectRun(replay, sql, unlimited ? NO_LIMIT : pace.calls, patience);
    const { missing, stacks, error } = run;
    replay.context.signal.throwIfAborted();
    if (await repaired(replay, repair, error)) continue;
    if (run.failedAgain) throw new WayRefused('replay', failedAgain);
    const limited = run.stalled || isLimit(error);
    if (isCommit(error) || (isAloneOnly(error) && !replay.context.inBlock))
      throw new WayRefused('replay', 'the statement ends transactions');
    if (isCancel(error) && !limited) throw error;
    // Behind the first call without a result every other may have been given what follows from the lack.
    const wanted = feedsOn ? missing.slice(0, 1) : callsLikeFirst(missing).slice(0, limited ? pace.inputs : undefined);
    if (wanted.length === 0) return;
    const repeats = latest.length > 0 && wanted.length >= latest.length && wanted[0]?.function === latest[0]?.function;
    if (repeats && rounds >= doubtful) {
      doubtful = 2 * rounds;
      if (!(await repeatsInputs(replay, sql, run))) throw unsteady(replay);
    }
    latest = wanted;
    if (limited) pace.limited(wanted.length);
    if (run.stalled && ++stalledRounds > MAX_STALLED_ROUNDS && canRunLive(replay.context))
      throw new WayRefused('replay', 'a loop waits for results');
    singleRounds = wanted.length === 1 ? singleRounds + 1 : 0;
    if (singleRounds > MAX_SINGLE_ROUNDS && canRunLive(replay.context))
      throw new WayRefused('replay', 'each call depends on another');
    await chargingCallers(replay, stacks, () => invoke(replay, wanted));
    replay.context.signal.throwIfAborted();
    const complete = !limited && error === undefined && wanted.length === missing.length;
    if (mayMiss && complete && pace.wasLimited) return;
  }
}

/** What the text of the SQL tells about its calls. */
async function natureOf({ context }: Replay, { text }: BoundSql): Promise<{ asksForAll: boolean; feedsOn: boolean }> {
  const [only, another] = context.state.statements.parse(text);
  if (only === undefined || another !== undefined) return { asksForAll: false, feedsOn: false };
  const reach = await context.state.catalog.mlReach(context.connection);
  await settle(context);
  return { asksForAll: readsToTheEnd(only.node, reach), feedsOn: feedsOnResults(only.node, new MlMentions(reach)) };
}

async function invoke({ context, outcomes, invocations }: Replay, calls: readonly MlCall[]): Promise<void> {
  const invoked = context.session.functionMigration
    ? outcomes.invoke(calls, invocations)
    : outcomes.invokeOneByOne(calls, invocations);
  await waitInterruptibly({ connection: context.connection, mayCopyIn: context.session.mayCopyIn }, invoked);
  await settle(context);
}

/** The calls of the first one's function. A NULL among the arguments may be what a call without a result has given. */
function callsLikeFirst(calls: readonly MlCall[]): MlCall[] {
  const [first] = calls;
  return calls.filter((call) => call.function === first?.function && (hasNull(first) || !hasNull(call)));
}

const hasNull = (call: MlCall): boolean => call.arguments.includes(null);

/** Inputs that are others in each run. */
export function unsteady({ context }: Replay): Error {
  if (canRunLive(context)) return new WayRefused('replay', 'the inputs change from run to run');
  return databaseError('40001', 'the inputs of the ML calls change from run to run');
}

/** A function's body may call invoke_endpoint with types that it hasn't been called with before. */
async function repaired({ context }: Replay, repair: OverloadRepair, error: unknown): Promise<boolean> {
  if (!repair.applies(error)) return false;
  const created = await repair.run(error);
  await settle(context);
  return created;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** invalid_transaction_termination */
const isCommit = (error: unknown): boolean => codeOf(error) === '2D000';

/** active_sql_transaction: the statement refuses to run in a transaction block. */
const isAloneOnly = (error: unknown): boolean => codeOf(error) === '25001';
