import type { PipelinePlan } from 'pg-rewriter';
import { WayRefused } from '../pool-state/way-refused.js';
import { internalSchema, portalName } from '../stubs/names.js';
import { RowBatch } from './row-batch.js';
import { bindRelations, exactName, type PipelineTypes, type StatementRun } from './statement-run.js';

/** Rows fetched at a time where all are needed, and how many times in advance. */
const FETCH_ROWS = 1000;
const FETCHES_AHEAD = 2;

export interface BaseScanOptions {
  /** Columns that PostgreSQL will read again. */
  readonly operands: readonly string[];
  /** How many rows to fetch after `read` of them, where the consumer may stop early; asked when it wants more. */
  readonly rowsWanted: ((read: number) => number) | undefined;
  /** Whether no row is wanted, only the types. */
  readonly empty: boolean;
  /** Whether the base query writes rows. */
  readonly writes: boolean;
}

/** Runs a base query and hands out its rows a chunk at a time; at least one chunk, be it empty. */
export async function* baseScan(
  run: StatementRun,
  pipeline: PipelinePlan,
  types: PipelineTypes,
  options: BaseScanOptions,
): AsyncGenerator<RowBatch> {
  const { connection } = run;
  const portal = portalName(pipeline.relation);
  const { text, values, types: parameterTypes } = bindRelations(run, pipeline.base);
  const exact = run.lossyOutput ? options.operands.filter((c) => pipeline.columns.includes(c)) : [];
  if (exact.length > 0 && options.writes) {
    throw new WayRefused('batch', 'what writes rows cannot stand in a query that writes out their values');
  }
  const readsAll = options.rowsWanted === undefined;
  let read = 0;
  const fetch = () => {
    const rows = connection.fetch(portal, options.rowsWanted?.(read) ?? FETCH_ROWS);
    rows.catch(() => {}); // reported where the rows are wanted
    return rows;
  };
  const opened = connection.openPortal(portal, withExactText(text, exact), { values, types: parameterTypes });
  const fetched = [fetch()];
  const fields = await (options.writes ? opened.catch(refusedWithin) : opened);
  await types.describe(connection, pipeline.columns, fields ?? []);
  const names = [...pipeline.columns, ...exact.map(exactName)];
  try {
    for (let next = fetched.shift(); next !== undefined; next = fetched.shift()) {
      const { rows, done } = await next;
      read += rows.length;
      const last = done || options.empty;
      // Before anybody waits for a service: what is sent then stands behind the sleeps that keep the server interruptible.
      while (!last && readsAll && fetched.length < FETCHES_AHEAD) fetched.push(fetch());
      yield RowBatch.fromRows(names, options.empty ? [] : rows);
      if (last) break;
      if (!readsAll) fetched.push(fetch());
    }
  } finally {
    connection.closePortalWithNext(portal);
  }
}

/** Some rules and targets take an INSERT, UPDATE or DELETE alone, not within WITH: nothing has run yet. */
function refusedWithin(error: unknown): never {
  if ((error as { code?: unknown }).code !== '0A000') throw error;
  throw new WayRefused('batch', 'its target does not take a data-modifying WITH');
}

function withExactText(text: string, columns: readonly string[]): string {
  if (columns.length === 0) return text;
  const exact = columns.map((c) => `${internalSchema}.exact_text(base.${c}) AS ${exactName(c)}`);
  return `SELECT base.*, ${exact.join(', ')} FROM (${text}) AS base`;
}
