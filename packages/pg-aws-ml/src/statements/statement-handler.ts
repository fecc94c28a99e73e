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

/** A kind of statement that PostgreSQL's grammar doesn't know: told by its text, and only where that grammar refuses it. */
export interface TextKind {
  readonly name: string;
  /**
   * What a text of one statement says; undefined where it is of another kind.
   *
   * @throws StatementError where it is of this kind, and wrong
   */
  read(text: string): ReadStatement | undefined;
}

/** A statement that was read by a grammar of ours. */
export interface ReadStatement {
  /** A query of the same columns, which the server parses and describes in its place; empty where it returns no rows. */
  readonly describedAs: string;
  run(context: StatementContext): Promise<StatementOutcome>;
}

/** For a kind that a statement is of, or not: nothing more is to be known. */
export const claimIf = (condition: boolean): true | undefined => condition || undefined;
