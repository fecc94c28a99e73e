import type { BudgetState, FunctionStats, LaneLimit } from 'pg-aws-ml/session';
import type { RunningProxy } from '../proxy.js';
import type { ClientSession } from '../relay/client-session.js';
import type { Activity, TargetActivity } from './activity.js';
import type { LoopLag } from './loop-lag.js';
import type { SlowStatement } from './slow-statements.js';

/** So many are shown; the longest in their state first. */
const MOST_SESSIONS = 100;

export type SessionState = 'active' | 'idle' | 'idle in transaction' | 'idle in transaction (aborted)';

export interface SessionStatus {
  readonly user: string;
  readonly database: string;
  readonly state: SessionState;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface BudgetStatus extends BudgetState {
  readonly user: string;
  readonly database: string;
}

/** A function's counts of all engines. */
export interface FunctionCounts {
  readonly function: string;
  inputs: number;
  distinctInputs: number;
  sharedInputs: number;
  cachedInputs: number;
  sentInputs: number;
  requests: number;
  retries: number;
  throttles: number;
  errors: number;
}

/** What one process does and has done since it began: plain values, to be sent from process to process. */
export interface ProcessStatus {
  readonly clients: number;
  readonly active: number;
  readonly sessions: readonly SessionStatus[];
  readonly sessionsBegun: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly statements: { readonly native: number; readonly ours: number };
  readonly running: number;
  readonly functions: readonly FunctionCounts[];
  readonly targets: readonly TargetActivity[];
  readonly limits: readonly LaneLimit[];
  readonly budgets: readonly BudgetStatus[];
  readonly slow: readonly SlowStatement[];
  readonly heldBytes: number;
  readonly memoryBytes: number;
  /** The longest that the event loop was late, of late; in milliseconds. */
  readonly lagMs: number;
}

export function processStatus(proxy: RunningProxy, activity: Activity, lag: LoopLag): ProcessStatus {
  const { sessions, tally, engines } = proxy;
  const shown = [...sessions].map(sessionStatus);
  return {
    clients: sessions.size,
    active: shown.filter(({ state }) => state === 'active').length,
    sessions: longestFirst(shown),
    sessionsBegun: tally.sessions,
    refused: tally.refused.toRecord(),
    errors: tally.errors.toRecord(),
    statements: { native: Math.max(0, tally.statements - tally.ours), ours: tally.ours },
    running: activity.running,
    functions: sumOfFunctions(engines.map(({ engine }) => engine.stats())),
    targets: activity.targets(),
    limits: sumOfLimits(engines.map(({ engine }) => engine.concurrencyLimits())),
    budgets: engines.flatMap(({ user, database, engine }) => {
      const budget = engine.budget();
      return budget === undefined ? [] : [{ user, database, ...budget }];
    }),
    slow: activity.slow.all(),
    heldBytes: heldBytes(proxy),
    memoryBytes: process.memoryUsage.rss(),
    lagMs: lag.milliseconds(),
  };
}

export const heldBytes = ({ sessions }: RunningProxy): number =>
  [...sessions].reduce((sum, session) => sum + session.heldBytes, 0);

export const longestFirst = (sessions: readonly SessionStatus[]): SessionStatus[] =>
  sessions
    .toSorted((a, b) => Number(a.state === 'idle') - Number(b.state === 'idle') || a.since - b.since)
    .slice(0, MOST_SESSIONS);

function sessionStatus(session: ClientSession): SessionStatus {
  const user = session.startup.get('user') ?? '';
  return { user, database: session.startup.get('database') ?? user, state: stateOf(session), since: session.since };
}

/** As pg_stat_activity calls it. */
function stateOf({ status, traffic, interceptor }: ClientSession): SessionState {
  if (interceptor?.busy === true || !traffic.quiet) return 'active';
  if (status === 'T') return 'idle in transaction';
  return status === 'E' ? 'idle in transaction (aborted)' : 'idle';
}

type Counted = Omit<FunctionCounts, 'function'>;

const countNames = [
  'inputs',
  'distinctInputs',
  'sharedInputs',
  'cachedInputs',
  'sentInputs',
  'requests',
  'retries',
  'throttles',
  'errors',
] as const satisfies readonly (keyof Counted)[];

/** Of several engines or processes. */
export function sumOfFunctions(lists: readonly (readonly (FunctionStats | FunctionCounts)[])[]): FunctionCounts[] {
  const sums = new Map<string, FunctionCounts>();
  for (const one of lists.flat()) {
    const sum = sums.get(one.function) ?? none(one.function);
    for (const name of countNames) sum[name] += one[name];
    sums.set(one.function, sum);
  }
  return [...sums.values()];
}

const none = (name: string): FunctionCounts => ({
  function: name,
  ...(Object.fromEntries(countNames.map((count) => [count, 0])) as unknown as Counted),
});

/** Each engine finds out its own limits; together they send as much. */
export function sumOfLimits(lists: readonly (readonly LaneLimit[])[]): LaneLimit[] {
  const sums = new Map<string, LaneLimit>();
  for (const one of lists.flat()) {
    const key = `${one.service} ${one.target ?? ''}`;
    sums.set(key, { ...one, limit: one.limit + (sums.get(key)?.limit ?? 0) });
  }
  return [...sums.values()];
}
