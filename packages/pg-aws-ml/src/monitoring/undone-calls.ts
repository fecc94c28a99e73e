import type { CallCounters } from '../pool-state/call-counters.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { RawRow, ServerConnection } from '../server/server-connection.js';
import { internalSchema } from '../stubs/names.js';

/** What the session has counted and not published: since the latest Sync outside of a transaction, at the longest. */
const pendingSql = `
SELECT f.funcid, f.calls, f.total_time, f.self_time FROM pg_catalog.pg_stat_xact_user_functions AS f
WHERE f.schemaname <> '${internalSchema}'`;

/**
 * The function calls of a run that is undone. The server counts them all the same; so they are taken off again. Counts
 * are published between transactions only: within one the difference is exact.
 */
export class UndoneCalls {
  readonly #connection: ServerConnection;
  readonly #counters: CallCounters;
  #before: Promise<readonly RawRow[] | undefined> = Promise.resolve(undefined);

  private constructor(connection: ServerConnection, counters: CallCounters) {
    this.#connection = connection;
    this.#counters = counters;
  }

  /** Undefined where the session counts nothing. */
  static of({ connection, session, state }: StatementContext): UndoneCalls | undefined {
    return session.trackFunctions === 'none' ? undefined : new UndoneCalls(connection, state.callCounters);
  }

  /** To be called when the run's transaction or savepoint has begun. */
  begin(): void {
    // What fails here fails in what follows.
    this.#before = this.#pending().catch(() => undefined);
  }

  /** To be called when the run has been rolled back, before Sync. */
  async end(): Promise<void> {
    const [before, after] = await Promise.all([this.#before, this.#pending()]);
    if (before === undefined) return;
    const earlier = new Map(before.map(([oid, ...counts]) => [oid, counts.map(Number)]));
    for (const [oid, ...counts] of after) {
      const [calls, totalTime, selfTime] = counts.map((count, i) => (earlier.get(oid ?? '')?.[i] ?? 0) - Number(count));
      this.#counters.add(Number(oid), { calls: calls ?? 0, totalTime: totalTime ?? 0, selfTime: selfTime ?? 0 });
    }
  }

  async #pending(): Promise<readonly RawRow[]> {
    return (await this.#connection.run(pendingSql)).rows;
  }
}
