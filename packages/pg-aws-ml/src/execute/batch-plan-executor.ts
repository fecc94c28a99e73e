import type { Invocation } from 'aws-ml-core';
import type { BatchPlan, CallSite, PipelinePlan } from 'pg-rewriter';
import { WayRefused } from '../pool-state/way-refused.js';
import type { AnswerRow, FieldDescription } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { baseScan } from './base-scan.js';
import { batchScan } from './batch-scan.js';
import { CollectedRows, dropTables } from './collected-rows.js';
import { computeStep } from './compute-step.js';
import type { PipelineCounts } from './evaluation-counts.js';
import { waitInterruptibly } from './interruptible-wait.js';
import { LimitWindow } from './limit-window.js';
import { mostRowsPerBatch } from './most-rows-per-batch.js';
import { pieces } from './pieces.js';
import { resultTypeOids } from './result-text.js';
import type { RowBatch } from './row-batch.js';
import { SharedFlush } from './shared-flush.js';
import {
  answerRelationSql,
  columnsRead,
  exactName,
  PipelineTypes,
  runRelationSql,
  type StatementRun,
} from './statement-run.js';

/**
 * Executes a plan and answers the sink. The statement has been validated; `fields` is its native description.
 * @throws WayRefused before anything was answered or written
 */
export async function executeBatchPlan(
  run: StatementRun,
  plan: BatchPlan,
  fields: readonly FieldDescription[] | null,
  sink: ResultSink,
): Promise<void> {
  const streamed = plan.stream === undefined || !mayStream(run, fields) ? undefined : plan.pipelines.at(-1);
  const collected = plan.pipelines.filter((pipeline) => pipeline !== streamed);
  try {
    for (const group of independentGroups(collected)) await collectTogether(run, group, plan);
    if (streamed !== undefined && fields !== null) await stream(run, streamed, plan, fields, sink);
    else await finish(run, plan, fields, sink);
  } finally {
    dropTables(run);
  }
}

/** Types whose values the server reads from no text: record and record[]. */
const unreadable: ReadonlySet<number> = new Set([2249, 2287]);

/** Whether rows that were read as text can go on to the application. */
const mayStream = (run: StatementRun, fields: readonly FieldDescription[] | null): boolean =>
  !wantsBinary(run) || (!run.lossyOutput && !fields?.some(({ dataTypeID }) => unreadable.has(dataTypeID)));

const wantsBinary = ({ resultFormats }: StatementRun): boolean => resultFormats?.includes(1) ?? false;

/** Pipelines in order, grouped where none reads the rows of another of its group. */
function independentGroups(pipelines: readonly PipelinePlan[]): PipelinePlan[][] {
  const groups: PipelinePlan[][] = [];
  for (const pipeline of pipelines) {
    const reads = new Set(pipeline.base.relations.map((r) => r.relation));
    const group = groups.at(-1);
    if (group === undefined || group.some((p) => reads.has(p.relation))) groups.push([pipeline]);
    else group.push(pipeline);
  }
  return groups;
}

/** Runs pipelines side by side, so that they fill each other's batches. */
async function collectTogether(run: StatementRun, group: readonly PipelinePlan[], plan: BatchPlan): Promise<void> {
  const flush = new SharedFlush(run.invocations, group.filter((pipeline) => pipeline.limit === undefined).length);
  let failure: { readonly error: unknown } | undefined;
  const collecting = group.map((pipeline) =>
    collect(run, pipeline, plan, flush).catch((error: unknown) => {
      failure ??= { error };
      // The others may wait for batches that this one was to fill.
      run.invocations.close();
    }),
  );
  await Promise.all(collecting);
  if (failure !== undefined) throw failure.error;
}

interface OperatorOptions {
  readonly window: LimitWindow;
  readonly shared: SharedFlush;
  readonly counts: PipelineCounts | undefined;
}

/** The operators of a pipeline, one on top of the other. */
function operators(
  run: StatementRun,
  pipeline: PipelinePlan,
  plan: BatchPlan,
  { window, shared, counts }: OperatorOptions,
): AsyncIterable<RowBatch> {
  const types = new PipelineTypes(run.typeNames);
  run.types.set(pipeline.relation, types);
  types.fixResults(pipeline.stages.flatMap((stage) => stage.calls));
  const operands = operandsOf(pipeline, plan);
  const wanted = pipeline.stages.map(({ calls }) => rowsWanted(window, calls));
  const first = pipeline.stages.findIndex(({ calls }) => calls.length > 0);
  const writes = plan.baseWrites !== undefined;
  const scan = { operands, rowsWanted: wanted[first], empty: window.left === 0, writes };
  let rows: AsyncIterable<RowBatch> = baseScan(run, pipeline, types, scan);
  rows = counts?.entering(0, rows) ?? rows;
  for (const [index, { calls, step }] of pipeline.stages.entries()) {
    // A stage may do no more than compute the conditions of the next.
    if (calls.length > 0) {
      const flush = index === first ? shared : new SharedFlush(run.invocations, 1);
      const inputEnded = (waiting: readonly Invocation[]) => flush.inputEnded(waiting);
      if (index > first && wanted[index] !== undefined) rows = pieces(rows, wanted[index]);
      const wait = (settled: Promise<void>) => waitInterruptibly(run, settled);
      rows = batchScan(rows, calls, types, run.invocations, { mayStopEarly: window.bounded, inputEnded, wait });
    }
    if (step !== undefined) rows = computeStep(run, rows, step, pipeline.relation, types);
    rows = counts?.entering(index + 1, rows) ?? rows;
  }
  return rows;
}

/** Tells a scan that has taken in `read` rows how many to take in next; undefined where all are needed. */
function rowsWanted(window: LimitWindow, calls: readonly CallSite[]): ((read: number) => number) | undefined {
  if (!window.bounded || calls.length === 0) return undefined;
  const batchRows = Math.min(...calls.map(mostRowsPerBatch));
  return (read) => window.rowsToRead(read, batchRows);
}

function operandsOf(pipeline: PipelinePlan, plan: BatchPlan): string[] {
  const queries = [
    plan.remainder,
    ...plan.pipelines.flatMap((p) => [
      p.base,
      ...p.stages.flatMap((s) => (s.step === undefined ? [] : [s.step.query])),
    ]),
  ];
  return [...new Set(queries.flatMap((q) => columnsRead(q, pipeline.relation)))];
}

async function collect(run: StatementRun, pipeline: PipelinePlan, plan: BatchPlan, flush: SharedFlush): Promise<void> {
  const window = await limitOf(run, pipeline);
  // One that may end early sends what it has, rather than let others wait for it.
  const shared = pipeline.limit === undefined ? flush : new SharedFlush(run.invocations, 1);
  const counts = run.counts?.ofPipeline(pipeline);
  const operands = operandsOf(pipeline, plan);
  const kept = operands.flatMap((column) => [column, exactName(column)]);
  const collected = new CollectedRows(run, pipeline.relation, operands);
  for await (const batch of operators(run, pipeline, plan, { window, shared, counts })) {
    // Not the texts that only the services read.
    await collected.add(batch.keep(kept));
    const [, to] = window.take(batch.length);
    if (window.left > 0) continue;
    counts?.endAt(batch, to - 1);
    break;
  }
  await collected.finish();
}

/** Answers the rows of the last pipeline as they come. */
async function stream(
  run: StatementRun,
  pipeline: PipelinePlan,
  plan: BatchPlan,
  fields: readonly FieldDescription[],
  sink: ResultSink,
): Promise<void> {
  const window = await limitOf(run, pipeline);
  const outputs = plan.stream?.outputs ?? [];
  let described = false;
  let count = 0;
  if (window.left > 0) {
    const shared = new SharedFlush(run.invocations, 1);
    const counts = run.counts?.ofPipeline(pipeline);
    for await (const batch of operators(run, pipeline, plan, { window, shared, counts })) {
      if (!described) checkTypes(run, pipeline.relation, outputs, fields);
      if (!described) await sink.rowDescription(fields);
      described = true;
      const [from, to] = window.take(batch.length);
      const rows = await outputRows(run, pipeline.relation, outputs, batch, from, to);
      count += rows.length;
      if (rows.length > 0) await sink.rows(rows);
      if (window.left === 0) counts?.endAt(batch, to - 1);
      if (window.left === 0 || run.signal.aborted) break;
    }
  }
  if (!described) await sink.rowDescription(fields);
  sink.commandComplete(`SELECT ${count}`);
}

/** The rows in the formats in which they are wanted. */
async function outputRows(
  run: StatementRun,
  relation: string,
  outputs: readonly string[],
  batch: RowBatch,
  from: number,
  to: number,
): Promise<readonly AnswerRow[]> {
  if (wantsBinary(run)) return binaryRows(run, relation, outputs, batch, from, to);
  const columns = await outputColumns(run, relation, outputs, batch);
  return Array.from({ length: to - from }, (_, i) => columns.map((column) => column[from + i] ?? null));
}

/** The server alone knows the binary form of every type: it reads the texts, and sends the rows as they are wanted. */
async function binaryRows(
  run: StatementRun,
  relation: string,
  outputs: readonly string[],
  batch: RowBatch,
  from: number,
  to: number,
): Promise<readonly AnswerRow[]> {
  if (from === to) return [];
  const types = run.types.get(relation);
  const names = outputs.map((_, i) => `c${i}`);
  const values = names.map((name, i) => `u.${name}::${types?.sqlType(outputs[i]!)}`);
  const scans = names.map((_, i) => `pg_catalog.unnest($${i + 1}::pg_catalog.text[])`);
  const text = `SELECT ${values.join(', ')} FROM ROWS FROM (${scans.join(', ')}) WITH ORDINALITY AS u(${names.join(', ')}, n) ORDER BY u.n`;
  const bound = outputs.map((column) => arrayLiteral(batch.get(column).slice(from, to)));
  const { rows } = await run.connection.runAnswer(text, { values: bound, resultFormats: run.resultFormats });
  return rows;
}

/** Where the session writes floats in fewer digits than ours, the server writes the results. */
async function outputColumns(run: StatementRun, relation: string, outputs: readonly string[], batch: RowBatch) {
  const types = run.types.get(relation);
  return Promise.all(
    outputs.map(async (column) => {
      if (!run.lossyOutput || types?.reference(column) !== undefined) return batch.get(column);
      const { rows } = await run.connection.run(
        `SELECT u.v::${types?.sqlType(column)} FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u(v, n) ORDER BY u.n`,
        { values: [arrayLiteral(batch.get(column))] },
      );
      return rows.map(([value]) => value ?? null);
    }),
  );
}

async function limitOf(run: StatementRun, { limit }: PipelinePlan): Promise<LimitWindow> {
  if (limit === undefined) return new LimitWindow(Number.POSITIVE_INFINITY, 0);
  const { rows } = await runRelationSql(run, limit);
  const [count = null, offset = null] = rows[0] ?? [];
  return new LimitWindow(count === null ? Number.POSITIVE_INFINITY : Number(count), Number(offset ?? 0));
}

/** The rows must have the types that the server gave the statement. */
function checkTypes(
  run: StatementRun,
  relation: string,
  outputs: readonly string[],
  fields: readonly FieldDescription[],
) {
  const types = run.types.get(relation);
  const differs = outputs.some((column, i) => {
    const oid = types?.reference(column)?.oid ?? resultTypeOids[types?.sqlType(column) ?? ''];
    return oid !== fields[i]?.dataTypeID;
  });
  if (differs || outputs.length !== fields.length) {
    throw new WayRefused('batch', 'the split statement would have other column types');
  }
}

/** Runs the remainder over the rows of all pipelines. */
async function finish(
  run: StatementRun,
  plan: BatchPlan,
  fields: readonly FieldDescription[] | null,
  sink: ResultSink,
): Promise<void> {
  const result = await answerRelationSql(run, plan.remainder);
  if (fields !== null) {
    const same = result.fields?.every((f, i) => f.dataTypeID === fields[i]?.dataTypeID);
    if (!same || result.fields?.length !== fields.length) {
      throw new WayRefused('batch', 'the split statement would have other column types');
    }
    await sink.rowDescription(fields);
    if (result.rows.length > 0) await sink.rows(result.rows);
  }
  const tag = plan.baseWrites?.tag;
  sink.commandComplete(tag === undefined ? result.commandTag : `${tag} ${result.rows.length}`);
}
