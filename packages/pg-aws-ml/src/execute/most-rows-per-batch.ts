import { mlFunctionsByName } from 'aws-ml-core/ml-functions';
import type { CallSite } from 'pg-rewriter';

/** Most rows that a batch of the call may hold, as far as the statement says; Infinity where nothing bounds it. */
export function mostRowsPerBatch({ function: name, maxRowsPerBatch }: CallSite): number {
  const bound = maxRowsPerBatch.kind === 'constant' ? maxRowsPerBatch.value : null;
  return Math.min(Math.max(1, bound ?? Number.POSITIVE_INFINITY), mlFunctionsByName.get(name)?.maxRowsPerRequest ?? 1);
}
