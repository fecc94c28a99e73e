import type { Node } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { StatementOutcome } from '../server/statement.js';

/** A statement before anything is known of the session: the server has not been asked yet. */
export type StatementRequest = Omit<StatementContext, 'session'>;

/** Answers another statement in the place of the one at hand. */
export type Answer<Context> = (context: Context, node: Node) => Promise<StatementOutcome>;

/** A kind of statement: how one is told, and how it is answered. */
export interface StatementHandler<Context, Claim> {
  readonly name: string;
  /** What there is to know about a statement of this kind; undefined where it is of another. */
  claims(node: Node, context: Context): Claim | undefined | Promise<Claim | undefined>;
  run(context: Context, claim: Claim, node: Node, answer: Answer<Context>): Promise<StatementOutcome>;
}

/** A handler, whatever it has to know about its statements. */
export interface StatementKind<Context> {
  readonly name: string;
  /** Undefined where the statement is of another kind. */
  answer(context: Context, node: Node, answer: Answer<Context>): Promise<StatementOutcome | undefined>;
}

/** Makes a handler one of a list. */
export const statementKind = <Context, Claim>(handler: StatementHandler<Context, Claim>): StatementKind<Context> => ({
  name: handler.name,
  answer: async (context, node, answer) => {
    const claim = await handler.claims(node, context);
    return claim === undefined ? undefined : handler.run(context, claim, node, answer);
  },
});

/** For a kind that a statement is of, or not: nothing more is to be known. */
export const claimIf = (condition: boolean): true | undefined => condition || undefined;
