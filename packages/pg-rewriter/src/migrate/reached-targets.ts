import type { MlFunctionName } from 'aws-ml-core/ml-functions';
import { field } from '../ast/build.js';
import type { FuncCall, Node } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import { PlanContext } from '../plan-context.js';
import { expandFunctions } from '../rules/expand-functions.js';
import type { ReachedTarget } from './migration.js';

/** The argument that decides which inputs may travel together. */
const TARGET_ARGUMENT: Readonly<Record<MlFunctionName, number>> = {
  'aws_comprehend.detect_sentiment': 1,
  'aws_sagemaker.invoke_endpoint': 0,
  'aws_bedrock.invoke_model': 0,
  'aws_bedrock.invoke_model_get_embeddings': 0,
};

/** What an ML call invokes, by itself or through the functions that it wraps. Empty where that can't be told. */
export function reachedTargets(call: FuncCall, sql: string, ctx: PlanContext): ReachedTarget[] {
  const columns = ctx.leafWrapperOf(call)?.resultColumns?.map((c) => c.name) ?? [];
  const node: Node = { FuncCall: call };
  const values = columns.length === 0 ? [node] : columns.map((column) => field(node, column));
  const found = new Map<string, ReachedTarget>();
  try {
    const inlining = new PlanContext(ctx.facts, sql);
    forEachNode(expandFunctions(values, inlining), (n) => {
      const ml = 'FuncCall' in n ? inlining.mlFunctionOf(n.FuncCall) : undefined;
      if (ml === undefined || !('FuncCall' in n)) return;
      const name = constantText(n.FuncCall.args?.[TARGET_ARGUMENT[ml.qualifiedName]]);
      found.set(JSON.stringify([ml.qualifiedName, name]), { function: ml.qualifiedName, name });
    });
  } catch (error) {
    if (!(error instanceof Decline)) throw error;
  }
  return [...found.values()];
}

function constantText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('TypeCast' in node) return constantText(node.TypeCast.arg);
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}
