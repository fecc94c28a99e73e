import type { StatementContext } from '../pool-state/statement-context.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { endpointCallsIn } from './endpoint-calls.js';
import { addMissingOverload, missingModelInputs } from './missing-overload.js';
import { ensureInvokeEndpointCalls } from './overloads.js';

/** A statement that needs more overloads than this is taken for a mistake. */
const MAX_OVERLOADS = 100;

/**
 * Runs one round of statements, sent at once, that may resolve calls of `invoke_endpoint` with argument types that it
 * hasn't been called with before: creates the overload that PostgreSQL misses and tries again.
 */
export async function withOverloads<T>(context: StatementContext, work: () => Promise<T>): Promise<T> {
  const repair = new OverloadRepair(context.connection, context.statement.text);
  for (let attempt = 0; ; attempt++) {
    try {
      return context.inBlock ? await inUnit(context, { keep: true, atOnce: true }, work) : await work();
    } catch (error) {
      if (attempt === MAX_OVERLOADS || !repair.applies(error)) throw error;
      await settle(context);
      if (!(await repair.run(error))) throw error;
      await settle(context);
    }
  }
}

/** Finds out what a failed resolution lacks. */
export class OverloadRepair {
  readonly #connection: ServerConnection;
  readonly #text: string;
  #constantsTried = false;

  /** @param text what may hold the calls */
  constructor(connection: ServerConnection, text: string) {
    this.#connection = connection;
    this.#text = text;
  }

  applies(error: unknown): boolean {
    return missingModelInputs(error) !== undefined || (!this.#constantsTried && isUnreadable(error));
  }

  /** @returns whether another attempt can succeed */
  async run(error: unknown): Promise<boolean> {
    if (missingModelInputs(error) !== undefined && (await addMissingOverload(this.#connection, error))) return true;
    if (this.#constantsTried) return false;
    this.#constantsTried = true;
    return ensureInvokeEndpointCalls(this.#connection, endpointCallsIn(this.#text));
  }
}

/** An untyped constant that could not be read as the type of a parameter: class 22, or a value that its domain refuses. */
function isUnreadable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && (code.startsWith('22') || code === '23514');
}
