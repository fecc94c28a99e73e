import { expandNavigation, mayNavigate, type Navigation, type Node, readsOnlyHere, tryDeparse } from 'pg-rewriter';
import { runNatively } from '../natively/run-natively.js';
import { withFacts } from '../plan/plan-with-facts.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { databaseError } from '../server/database-error.js';
import { statementKind } from './statement-handler.js';

/** A statement that navigates into SUPER values, as PostgreSQL can read it. */
export interface Navigated {
  readonly node: Node;
  readonly text: string;
}

/**
 * What a statement means that navigates into SUPER values; undefined where it doesn't.
 * @throws where a string in it stands in double quotes
 */
export async function navigated(context: StatementContext, node: Node): Promise<Navigated | undefined> {
  if (!mayNavigate(node)) return undefined;
  const { text } = context.statement;
  const navigation = await withFacts<Navigation>(context, (facts) => expandNavigation(node, text, facts));
  if (navigation?.kind === 'quoted') throw quotedString(navigation, text, context.statement.shown === undefined);
  if (navigation?.kind !== 'expanded') return undefined;
  const written = tryDeparse(navigation.node);
  return written === undefined ? undefined : { node: navigation.node, text: written };
}

function quotedString(
  { name, location }: Extract<Navigation, { kind: 'quoted' }>,
  text: string,
  isWhole: boolean,
): Error {
  const before = Buffer.from(text).subarray(0, location).toString();
  return databaseError('42703', `column "${name}" does not exist`, {
    hint: `Double quotes are for names. Write a string in single quotes: '${name.replaceAll("'", "''")}'.`,
    // Of a part of a longer text, or of one written otherwise, nobody knows.
    ...(isWhole && { position: String([...before].length + 1) }),
  });
}

/** Redshift's navigation into SUPER values. */
export const navigation = statementKind<StatementContext, Navigated | 'unreadable'>({
  name: 'navigation',
  claims: async (node, context) => (await navigated(context, node)) ?? (readsOnlyHere(node) ? 'unreadable' : undefined),
  async run(context, claim, _, answer) {
    if (claim === 'unreadable') {
      // It was written otherwise to be read at all: the server says what is wrong with the statement as it is.
      await context.connection.sync();
      return 'pass-through';
    }
    const within = { ...context, statement: { ...context.statement, text: claim.text } };
    try {
      const outcome = await answer(within, claim.node);
      if (outcome === 'pass-through') await runNatively(within);
      return outcome === 'pass-through' ? 'answered' : outcome;
    } catch (error) {
      // It is one of a text that the application hasn't written.
      if (typeof error === 'object' && error !== null) Object.assign(error, { position: undefined });
      throw error;
    }
  },
});
