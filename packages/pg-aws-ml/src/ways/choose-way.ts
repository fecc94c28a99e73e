import type { ExecutionMode } from '../observability/pool-observer.js';

/** What the choice of a way is made from, for a statement that makes ML calls. */
export interface WayFacts {
  /** Why the planner has no batch plan, in words without customer text; undefined where it has one. */
  readonly planDeclined: string | undefined;
  /** Whether triggers, defaults or constraints make calls that the plan doesn't show. */
  readonly hasUnseenCalls: boolean;
  /** Whether the plan reads tables in several queries, and the open block gives each of them a snapshot of its own. */
  readonly lacksSnapshot: boolean;
  /** Whether the plan makes calls that the role may not name: whether it may make them, only the server can tell. */
  readonly callsUnnamed: boolean;
  /** `apg_enable_function_migration`; off means one call after the other. */
  readonly functionMigration: boolean;
  /** Whether the session is one in which a statement sees results that arrive while it runs. */
  readonly mayRunLive: boolean;
  /** Whether the statement runs a program of the server: twice is not as once, and nothing undoes it. */
  readonly runsProgram: boolean;
  /** Whether the server refuses the statement in a transaction block. */
  readonly standsAlone: boolean;
  /** Whether the statement declares a cursor, which is read when the statement has ended. */
  readonly declaresCursor: boolean;
  /** Whether functions may move a cursor that is open: a run that is undone has moved it, too. */
  readonly movesCursors: boolean;
  /** What the ways that were tried have found out about the statement. */
  readonly refusals: Readonly<Partial<Record<Exclude<ExecutionMode, 'live'>, string>>>;
  /** For tests alone: the only way that may be taken. */
  readonly forced: ExecutionMode | undefined;
}

export interface ChosenWay {
  /** `none`: no way can keep the promise. */
  readonly way: ExecutionMode | 'none';
  /** Why it isn't the way before it, in words without customer text; undefined for the first. */
  readonly reason: string | undefined;
}

/** The first of these that nothing speaks against: the fewest requests first. */
const inOrder = ['batch', 'replay', 'live'] as const;

/** What speaks against each way, the first that applies. */
const objections: Readonly<Record<ExecutionMode, (facts: WayFacts) => string | undefined>> = {
  batch: (facts) =>
    facts.planDeclined ??
    (facts.functionMigration ? undefined : 'apg_enable_function_migration is off') ??
    (facts.callsUnnamed ? 'the role may not use the schema of an ML function' : undefined) ??
    (facts.movesCursors ? 'functions move a cursor that is open' : undefined) ??
    (facts.hasUnseenCalls ? 'functions, triggers or policies make the calls' : undefined) ??
    (facts.lacksSnapshot ? 'the statement reads tables in several queries, which need one snapshot' : undefined) ??
    facts.refusals.batch,
  replay: (facts) =>
    (facts.runsProgram ? 'the statement runs a program' : undefined) ??
    (facts.movesCursors ? 'functions move a cursor that is open' : undefined) ??
    (facts.standsAlone ? 'the statement cannot run in a transaction block' : undefined) ??
    (wantsRows(facts) ? 'row mode' : undefined) ??
    facts.refusals.replay,
  live: (facts) => (facts.declaresCursor ? 'a cursor is read when its statement has ended' : undefined),
};

/** Whether the calls are to be made one by one; where they can't, a replay gives the same results. */
const wantsRows = ({ functionMigration, mayRunLive, declaresCursor, forced }: WayFacts): boolean =>
  !functionMigration && mayRunLive && !declaresCursor && forced === undefined;

/** The way in which a statement runs. Nobody else decides: a way that cannot go on refuses, and this is asked again. */
export function chooseWay(facts: WayFacts): ChosenWay {
  let reason: string | undefined;
  for (const way of inOrder) {
    if (facts.forced !== undefined && facts.forced !== way) continue;
    const objection = objections[way](facts);
    if (objection === undefined) return { way, reason };
    reason = objection;
  }
  return { way: 'none', reason };
}
