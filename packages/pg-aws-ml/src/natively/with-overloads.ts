import type { StatementContext } from '../pool-state/statement-context.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { addMissingOverload, missingModelInputs } from './missing-overload.js';

/** A statement that needs more overloads than this is taken for a mistake. */
const MAX_OVERLOADS = 100;

/**
 * Runs one round of statements, sent at once, that may resolve calls of `invoke_endpoint` with argument types that it
 * hasn't been called with before: creates the overload that PostgreSQL misses and tries again.
 *
 * @param exact creates the overloads that fit exactly, for when a constant can't be read as the type of an inexact one
 */
export async function withOverloads<T>(
  context: StatementContext,
  work: () => Promise<T>,
  exact: () => Promise<boolean> = async () => false,
): Promise<T> {
  const repair = new OverloadRepair(context.connection, exact);
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
class OverloadRepair {
  readonly #connection: ServerConnection;
  readonly #exact: () => Promise<boolean>;
  #exactTried = false;

  constructor(connection: ServerConnection, exact: () => Promise<boolean>) {
    this.#connection = connection;
    this.#exact = exact;
  }

  applies(error: unknown): boolean {
    return missingModelInputs(error) !== undefined || (!this.#exactTried && isDataException(error));
  }

  /** @returns whether another attempt can succeed */
  run(error: unknown): Promise<boolean> {
    if (missingModelInputs(error) !== undefined) return addMissingOverload(this.#connection, error);
    this.#exactTried = true;
    return this.#exact().catch(() => false);
  }
}

/** A constant that could not be read as the type of a parameter: class 22. */
function isDataException(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22');
}
