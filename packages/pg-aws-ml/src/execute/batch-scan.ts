import type { Invocation, MlResult, StatementInvocations } from 'aws-ml-core';
import type { CallSite } from 'pg-rewriter';
import { CallInputs, type ColumnTypes } from './call-inputs.js';
import { resultText, resultTypes } from './result-text.js';
import type { RowBatch } from './row-batch.js';

/** Batches dispatched above which no further rows are read: those that run, and as many that wait to take their places. */
const READ_AHEAD_BATCHES = 128;
/** Characters of rows that wait for their results above which partial batches are sent. */
const PENDING_CHARACTERS = 64 * 1024 * 1024;

interface PendingRows {
  readonly rows: RowBatch;
  readonly outcomes: readonly (readonly (Invocation | MlResult | undefined)[])[];
  readonly characters: number;
}

export interface BatchScanOptions {
  /** The consumer may stop: the rows of one chunk are settled before the next is read. */
  readonly mayStopEarly: boolean;
  /** Called when no more rows come, with what still waits in partial batches: sends them, now or with others. */
  readonly inputEnded: (waiting: readonly Invocation[]) => void;
  /** Waits for services, in place of `await`. */
  readonly wait: (settled: Promise<void>) => Promise<void>;
}

/**
 * The operator between base query and remainder: rows in, the same rows with the results of the calls out, in order.
 * Reads ahead while batches fill up or are in flight; a partial batch is sent only when no more rows come.
 */
export async function* batchScan(
  source: AsyncIterable<RowBatch>,
  sites: readonly CallSite[],
  types: ColumnTypes,
  invocations: StatementInvocations,
  { mayStopEarly, inputEnded, wait }: BatchScanOptions,
): AsyncGenerator<RowBatch> {
  let inputs: readonly CallInputs[] | undefined;
  const iterator = source[Symbol.asyncIterator]();
  const pending: PendingRows[] = [];
  let waiting = 0;
  let done = false;
  try {
    for (;;) {
      while (pending[0] !== undefined && isSettled(pending[0])) {
        const first = pending.shift() as PendingRows;
        waiting -= first.characters;
        yield withResults(first, sites, invocations);
      }
      if (done && pending.length === 0) return;
      if (!done && mayRead(pending, waiting, invocations, mayStopEarly)) {
        const next = await iterator.next();
        if (next.done) {
          done = true;
          inputEnded(pending.flatMap((rows) => [...invocationsOf(rows)]));
        } else {
          // The base query has described its columns by now.
          inputs ??= sites.map((site) => new CallInputs(site, types));
          const rows = enqueue(next.value, inputs, invocations);
          waiting += rows.characters;
          pending.push(rows);
        }
        continue;
      }
      const [first] = pending;
      if (first !== undefined) await wait(invocations.settled(invocationsOf(first)));
    }
  } finally {
    await iterator.return?.();
  }
}

/** Reads on while batches fill up for the oldest rows, and as far ahead as keeps the services busy. */
function mayRead(
  pending: readonly PendingRows[],
  waiting: number,
  invocations: StatementInvocations,
  mayStopEarly: boolean,
): boolean {
  const [first] = pending;
  if (first === undefined) return true;
  if (mayStopEarly || waiting > PENDING_CHARACTERS) {
    invocations.flush(invocationsOf(first));
    return false;
  }
  return invocations.batchesInFlight < READ_AHEAD_BATCHES || invocations.waitsForInput(invocationsOf(first));
}

function enqueue(rows: RowBatch, inputs: readonly CallInputs[], invocations: StatementInvocations): PendingRows {
  const outcomes = inputs.map((input) =>
    input.read(rows).map((call) => {
      if (call === undefined) return undefined;
      return call.call === undefined ? call.result : invocations.enqueue(call.call);
    }),
  );
  let characters = 0;
  for (const name of rows.names) for (const value of rows.get(name)) characters += value?.length ?? 0;
  return { rows, outcomes, characters };
}

const isInvocation = (outcome: Invocation | MlResult | undefined): outcome is Invocation =>
  outcome !== undefined && !Array.isArray(outcome);

function isSettled({ outcomes }: PendingRows): boolean {
  return outcomes.every((column) => column.every((outcome) => !isInvocation(outcome) || outcome.settled));
}

function* invocationsOf({ outcomes }: PendingRows): Generator<Invocation> {
  for (const column of outcomes) for (const outcome of column) if (isInvocation(outcome)) yield outcome;
}

function withResults({ rows, outcomes }: PendingRows, sites: readonly CallSite[], all: StatementInvocations): RowBatch {
  const failure = all.firstError();
  if (failure !== undefined) throw failure;
  sites.forEach((site, s) => {
    const types = resultTypes(site.function);
    site.results.forEach((column, r) => {
      const type = types[r] ?? '';
      rows.set(
        column,
        (outcomes[s] ?? []).map((outcome) => resultText(resultOf(outcome)?.[r] ?? null, type)),
      );
    });
  });
  return rows;
}

function resultOf(outcome: Invocation | MlResult | undefined): MlResult | undefined {
  if (!isInvocation(outcome)) return outcome;
  if (outcome.error !== undefined && outcome.result === undefined) throw outcome.error;
  return outcome.result;
}
