import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from './names.js';
import { type CallOutcome, outcomeColumns } from './replay-results.js';

/** A server process: the id alone may be another's by now. */
export interface Backend {
  readonly pid: string;
  readonly start: string;
}

/**
 * Announces on the statement's own connection that its live calls are answered under this nonce. To be synced before
 * the statement starts unless a transaction block is open: the statement may commit and go on.
 *
 * @returns the process in which the calls wait
 */
export async function beginLive(connection: ServerConnection, nonce: string): Promise<Backend> {
  const { rows } = await connection.run(
    `SELECT ${internalSchema}.begin_live($1), a.pid, a.backend_start
     FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a`,
    { values: [nonce] },
  );
  const [, pid = null, start = null] = rows[0] ?? [];
  return { pid: pid ?? '', start: start ?? '' };
}

/** Ends a process whose client is lost: it may wait for an answer for minutes before it notices. */
export async function terminateBackend(connection: ServerConnection, { pid, start }: Backend): Promise<void> {
  await connection.run(
    `SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_get_activity($1) a
     WHERE a.backend_start OPERATOR(pg_catalog.=) $2`,
    { values: [pid, start] },
  );
}

/** Answers a waiting call, on another connection. The call goes on when that connection is synced. */
export async function answerLive(
  connection: ServerConnection,
  nonce: string,
  number: string,
  outcome: CallOutcome,
): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.answer_live($1, $2, $3, $4, $5, $6, $7, $8)`, {
    values: [nonce, number, ...outcomeColumns(outcome)],
  });
}

/** Removes what is left of a live statement: on its own connection, or on another one where that is lost. */
export async function endLive(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.end_live($1)`, { values: [nonce] });
}
