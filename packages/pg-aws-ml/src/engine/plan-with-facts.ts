import { type Node, type Plan, planNode } from 'pg-rewriter';
import type { StatementContext } from './session-context.js';

/** Rounds of questions about the catalog; each expands views and functions one level further. */
const MAX_ROUNDS = 40;

/** Plans a statement, loading the catalog facts that planning asks for. */
export async function planWithFacts(context: StatementContext, node: Node, text: string): Promise<Plan> {
  const { state, connection, session } = context;
  let facts = await state.catalog.facts(connection, session, { functions: [], relations: [] });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcome = planNode(node, text, facts);
    if (outcome.kind !== 'needs-facts') return outcome;
    const { functions, relations } = outcome.missing;
    const more = await state.catalog.facts(connection, session, { functions, relations });
    // Sessions with temporary objects get fresh facts each time: keep what is known.
    facts = {
      ...more,
      functions: new Map([...facts.functions, ...more.functions]),
      relations: new Map([...facts.relations, ...more.relations]),
    };
  }
  return { kind: 'declined', reason: 'catalog-incomplete', message: 'views or functions are nested too deeply' };
}
