import type { FunctionStats } from 'aws-ml-core';
import { answerTime } from '../pool-state/call-counters.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { EvaluationCounts } from './evaluation-counts.js';

/**
 * Counts the calls of a batch plan: those that native evaluation would make for its rows, in the time that the services
 * took for the batches. An ML call's share of that is also time of the functions around it.
 */
export function countBatches(
  { session, state: { callCounters } }: StatementContext,
  counts: EvaluationCounts,
  stats: readonly FunctionStats[],
): void {
  const counted = [...counts.all()].filter(
    ([{ function: f }]) => typeof f === 'string' || session.trackFunctions === 'all',
  );
  for (const [{ function: f }, calls] of counted) {
    if (calls > 0) callCounters.add(f, { calls, totalTime: 0, selfTime: 0 });
  }
  for (const stat of stats) {
    const time = answerTime(stat);
    callCounters.addTime(stat.function, time);
    const own = counted.filter(([evaluation]) => evaluation.function === stat.function);
    if (session.trackFunctions !== 'all') continue;
    const all = own.reduce((sum, [, calls]) => sum + calls, 0);
    for (const [{ callers }, calls] of own) {
      for (const caller of callers) callCounters.addTime(caller, (time * calls) / all);
    }
  }
}
