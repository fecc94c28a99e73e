import { type Invoker, type MlFunctionName, toMlCall } from 'aws-ml-core';
import type { BatchPlan, CallSite, PipelinePlan } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { BoundSql } from '../replay/replay.js';
import { TransactionUnit } from '../server/transaction.js';
import { type ArgumentEstimate, CallSource } from './call-source.js';
import { type PipelineEstimate, PipelineEstimator } from './estimate-pipeline.js';
import { Planner } from './planner.js';

/** How often a batch plan is expected to make one of its ML calls, and with what. */
export interface CallEstimate {
  readonly function: MlFunctionName;
  /** In the order of `MlCall.arguments`. */
  readonly arguments: readonly ArgumentEstimate[];
  /** Null where it isn't constant, or leaves the bound to the service. */
  readonly maxRowsPerBatch: number | null;
  /** Different endpoints, models or languages: their inputs travel apart. */
  readonly targets: number;
  /** Calls with the same one fill the same batches. */
  readonly batchScan: string;
  readonly inputs: number;
  /** Inputs that are different from each other. */
  readonly distinctInputs: number;
}

/**
 * How often a batch plan makes its calls, by the row counts of PostgreSQL's planner. Runs nothing.
 * @param parameters with the types that the server found for them
 * @returns undefined where the planner can't be asked; the session stays as it was
 */
export async function estimateCalls(
  context: StatementContext,
  plan: BatchPlan,
  parameters: Omit<BoundSql, 'text'>,
): Promise<readonly CallEstimate[] | undefined> {
  const unit = TransactionUnit.begin(context);
  try {
    const { invoker } = context.state;
    const planner = new Planner(context, parameters);
    const pipelines = new PipelineEstimator(context, planner);
    const calls: CallEstimate[] = [];
    for (const pipeline of plan.pipelines) {
      calls.push(...(await callsOf(pipeline, await pipelines.estimate(pipeline), { planner, invoker })));
    }
    return calls;
  } catch {
    context.signal.throwIfAborted();
    return undefined;
  } finally {
    await unit.undo();
  }
}

async function callsOf(pipeline: PipelinePlan, expected: PipelineEstimate, asking: Asking): Promise<CallEstimate[]> {
  const estimates: CallEstimate[] = [];
  for (const [index, { calls }] of pipeline.stages.entries()) {
    for (const site of calls) {
      const source = new CallSource(pipeline.columns, site, expected.source, asking.planner);
      estimates.push(
        await estimateCall(source, site, `${pipeline.relation} ${index}`, expected.stageRows[index] ?? 0, asking),
      );
    }
  }
  return estimates;
}

interface Asking {
  readonly planner: Planner;
  readonly invoker: Invoker;
}

async function estimateCall(
  source: CallSource,
  site: CallSite,
  batchScan: string,
  rows: number,
  { invoker }: Asking,
): Promise<CallEstimate> {
  const given = await Promise.all(site.arguments.map((argument) => source.argument(argument)));
  const { targetPositions } = invoker.requestLimits(site.function);
  const inputs = needsNoRequest(site.function, given) ? 0 : Math.ceil(rows * (await source.share()));
  return {
    function: site.function,
    arguments: given,
    maxRowsPerBatch: await source.maxRowsPerBatch(),
    batchScan,
    inputs,
    distinctInputs: Math.min(inputs, await source.distinct(site.arguments)),
    targets: await source.targets(targetPositions.flatMap((position) => site.arguments[position] ?? [])),
  };
}

function needsNoRequest(name: MlFunctionName, given: readonly ArgumentEstimate[]): boolean {
  try {
    return (
      toMlCall(
        name,
        given.map(({ constant }) => (constant === undefined ? '' : constant)),
      ).result !== undefined
    );
  } catch {
    return false; // an error of the statement, if a row gets there
  }
}
