import type { BatchPlan, CallSite, PipelinePlan } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { FieldDescription } from '../server/server-connection.js';
import { ensureInvokeEndpoint } from './overloads.js';

const constantOids = { text: 25, int4: 23 } as const;

/**
 * Makes sure that each call of invoke_endpoint in a plan finds an overload for exactly its types. Where only others are
 * there, PostgreSQL takes one that fits by casts: it reads the constant of `h(a) = invoke_endpoint(…, 'p', a)` as an
 * integer because `(int, int)` happens to exist.
 *
 * @returns whether one was created
 */
export async function ensureExactOverloads(context: StatementContext, plan: BatchPlan): Promise<boolean> {
  let created = false;
  for (const pipeline of plan.pipelines) {
    const fields = await describeBase(context, pipeline);
    const sites = pipeline.stages.flatMap((s) => s.calls.filter((c) => c.function === 'aws_sagemaker.invoke_endpoint'));
    for (const site of sites) {
      if (await ensureInvokeEndpoint(context.connection, inputTypes(site, pipeline, fields))) created = true;
    }
  }
  return created;
}

/** A base query over other pipelines has columns whose types are known only once those have run. */
async function describeBase({ connection, statement }: StatementContext, pipeline: PipelinePlan) {
  if (pipeline.base.relations.length > 0) return [];
  const { fields } = await connection.describe(pipeline.base.parts.join(''), statement.types ?? []);
  return fields ?? [];
}

/** Types of the model inputs; what is computed over other results is taken for text. */
function inputTypes(site: CallSite, pipeline: PipelinePlan, fields: readonly FieldDescription[]): number[] {
  const [, ...inputs] = site.arguments;
  return inputs.map((argument) => {
    if (argument.kind === 'constant') return constantOids[argument.type];
    return fields[pipeline.columns.indexOf(argument.column)]?.dataTypeID ?? constantOids.text;
  });
}
