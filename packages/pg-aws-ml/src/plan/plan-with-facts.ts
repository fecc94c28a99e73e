import type { CatalogFacts, MissingFacts, Node, Plan, PlanOptions, Steps } from 'pg-rewriter';
import { planSteps } from 'pg-rewriter';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { watchOfProcess } from './rule-checks.js';

/** Rounds of questions about the catalog; each expands views and functions one level further. */
const MAX_ROUNDS = 40;

/** Plans a statement, loading the catalog facts that planning asks for. */
export async function planWithFacts(
  context: StatementContext,
  node: Node,
  text: string,
  options?: PlanOptions,
): Promise<Plan> {
  const queryText = context.statement.shown ?? context.statement.text;
  try {
    return (
      (await withFacts(context, (facts) =>
        unblocked(planSteps(node, text, facts, { watch: watchOfProcess, queryText, ...options })),
      )) ?? tooDeep
    );
  } catch (error) {
    // What the planner stumbles over, replay still answers.
    if (error instanceof RangeError) return tooDeep;
    throw error;
  }
}

/** The plan of the statement as the application wrote it: from the cache, if the session sees the same catalog. */
export async function plannedStatement(context: StatementContext, node: Node): Promise<PlannedStatement> {
  const { state, session, statement } = context;
  const version = state.catalog.version;
  // Plans depend on the names that the session sees and the rights that it has, and what the server says of them on the
  // types that a client declares: the same text may have others the next time.
  const countsCalls = session.trackFunctions !== 'none';
  const { text, shown, types = [] } = statement;
  const key = JSON.stringify([text, shown, types, session.role, session.searchPath, countsCalls]);
  const known = session.hasTemporaryObjects ? undefined : state.statements.planned(key, version);
  if (known !== undefined) return known;
  const planned: PlannedStatement = {
    plan: await planWithFacts(context, node, statement.text, { countsCalls }),
    description: undefined,
  };
  if (!session.hasTemporaryObjects) state.statements.remember(key, version, planned);
  return planned;
}

const tooDeep: Plan = {
  kind: 'declined',
  reason: 'catalog-incomplete',
  message: 'expressions, views or functions are nested too deeply',
};

type NeedsFacts = { readonly kind: 'needs-facts'; readonly missing: MissingFacts };

/**
 * Works something out from catalog facts, loading those that it asks for.
 * @returns undefined where it doesn't stop asking
 */
export async function withFacts<T extends { readonly kind: string }>(
  { state, connection, session }: StatementContext,
  work: (facts: CatalogFacts) => Promise<T | NeedsFacts> | T | NeedsFacts,
): Promise<Exclude<T, NeedsFacts> | undefined> {
  let facts = await state.catalog.facts(connection, session, { functions: [], relations: [] });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcome = await work(facts);
    if (!isNeedsFacts(outcome)) return outcome as Exclude<T, NeedsFacts>;
    const { functions, relations } = outcome.missing;
    const more = await state.catalog.facts(connection, session, { functions, relations });
    // Sessions with temporary objects get fresh facts each time: keep what is known.
    facts = {
      ...more,
      functions: new Map([...facts.functions, ...more.functions]),
      relations: new Map([...facts.relations, ...more.relations]),
    };
  }
  return undefined;
}

const isNeedsFacts = (outcome: { readonly kind: string }): outcome is NeedsFacts => outcome.kind === 'needs-facts';

/** Milliseconds after which others get their turn: planning a statement of hundreds of calls takes longer. */
const TURN_MS = 10;

/** Does work step by step, and lets the event loop go on in between. */
async function unblocked<T>(steps: Steps<T>): Promise<T> {
  let began = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - began < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
}
