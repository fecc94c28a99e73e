import type { MlFunctionName, StatementInvocations } from 'aws-ml-core';
import type { BatchPlan } from 'pg-rewriter';
import type { SessionFacts } from '../catalog/facts.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { StatementRun, UserParameters } from './statement-run.js';

/** A run of a batch plan under the context's signal, without rows yet and without counting. */
export const openRun = (
  { connection, session, state, signal, statement }: StatementContext,
  parameters: UserParameters,
  invocations: StatementInvocations,
): StatementRun => ({
  connection,
  parameters,
  invocations,
  typeNames: state.typeNames,
  signal,
  resultFormats: statement.resultFormats,
  lossyOutput: session.lossyOutput,
  mayCopyIn: session.mayCopyIn,
  maySpill: session.mayCreateTemporary && !session.readOnly,
  tables: new Map(),
  counts: undefined,
  rows: new Map(),
  types: new Map(),
});

export const functionsOf = (plan: BatchPlan): Set<MlFunctionName> =>
  new Set(plan.pipelines.flatMap((p) => p.stages.flatMap((s) => s.calls.map((c) => c.function))));

/** Whether a plan makes calls that the role may not name: its text would be denied where stored objects are not. */
export const callsUnnamed = ({ callableUnnamed }: SessionFacts, plan: BatchPlan): boolean =>
  [...functionsOf(plan)].some((name) => callableUnnamed.has(name));
