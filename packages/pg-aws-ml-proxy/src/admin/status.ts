import { sumOfTargets } from './activity.js';
import { longestFirst, type ProcessStatus, sumOfFunctions, sumOfLimits } from './process-status.js';
import { slowestOf } from './slow-statements.js';

/** So many of the slowest statements are shown. */
const MOST_SLOW = 20;

export type ServiceState = 'starting' | 'running' | 'draining';

/** What all processes do, and have done since they began. */
export interface Status extends ProcessStatus {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly startedAt: number;
  readonly version: string;
  readonly state: ServiceState;
  readonly processes: number;
}

export function sumOfStatuses(processes: readonly ProcessStatus[]): ProcessStatus {
  const sum = (read: (status: ProcessStatus) => number) => processes.reduce((total, one) => total + read(one), 0);
  return {
    clients: sum(({ clients }) => clients),
    active: sum(({ active }) => active),
    sessions: longestFirst(processes.flatMap(({ sessions }) => sessions)),
    sessionsBegun: sum(({ sessionsBegun }) => sessionsBegun),
    refused: sumOfCounts(processes.map(({ refused }) => refused)),
    errors: sumOfCounts(processes.map(({ errors }) => errors)),
    statements: { native: sum(({ statements }) => statements.native), ours: sum(({ statements }) => statements.ours) },
    running: sum(({ running }) => running),
    functions: sumOfFunctions(processes.map(({ functions }) => functions)),
    targets: sumOfTargets(processes.map(({ targets }) => targets)),
    limits: sumOfLimits(processes.map(({ limits }) => limits)),
    budgets: processes.flatMap(({ budgets }) => budgets),
    slow: slowestOf(
      processes.map(({ slow }) => slow),
      MOST_SLOW,
    ),
    heldBytes: sum(({ heldBytes }) => heldBytes),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    lagMs: Math.max(0, ...processes.map(({ lagMs }) => lagMs)),
  };
}

function sumOfCounts(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of records.flatMap((record) => Object.entries(record))) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
