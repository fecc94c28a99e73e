import { type Plan, parseStatements } from 'pg-rewriter';
import { planWithFacts } from '../../src/plan/plan-with-facts.js';
import type { StatementContext } from '../../src/pool-state/statement-context.js';
import { openSession, type Session } from '../extension/session.js';
import { newEngineState } from '../support/engine-state.js';
import type { DatabaseAddress } from '../support/postgres.js';

/** Tells how the Pool will plan a statement: by its answer alone, replay is not to be told from a batch plan. */
export class Splitter {
  readonly #session: Session;
  readonly #state = newEngineState();

  private constructor(session: Session) {
    this.#session = session;
  }

  static async open(database: DatabaseAddress): Promise<Splitter> {
    return new Splitter(await openSession(database));
  }

  /** @returns undefined where PostgreSQL's grammar refuses the text */
  async plan(text: string): Promise<Plan | undefined> {
    const [statement] = parse(text);
    if (statement === undefined) return undefined;
    const { connection } = this.#session;
    const session = await this.#state.readSession(connection);
    const plan = await planWithFacts(
      { state: this.#state, connection, session, statement: { text } } as StatementContext,
      statement.node,
      text,
    );
    await connection.sync();
    return plan;
  }

  async close(): Promise<void> {
    this.#state.invoker.close();
    await this.#session.end();
  }
}

function parse(text: string) {
  try {
    return parseStatements(text);
  } catch {
    return [];
  }
}
