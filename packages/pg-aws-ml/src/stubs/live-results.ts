import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from './names.js';
import { type CallOutcome, outcomeColumns } from './replay-results.js';

/** A server process: the id alone may be another's by now. */
export interface Backend {
  readonly pid: string;
  /**
   * When it began, written alike whatever the session's DateStyle. Null where the role of the moment may not know, as after
   * SET ROLE: then the id decides.
   */
  readonly start: string | null;
}

const START = `pg_catalog.to_char(pg_catalog.timezone('UTC', a.backend_start), 'YYYY-MM-DD HH24:MI:SS.US"+00"')`;

const OWN_START = `SELECT ${START} FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a`;

/**
 * Announces on the statement's own connection that its live calls are answered under this nonce. To be synced before
 * the statement starts unless a transaction block is open: the statement may commit and go on.
 *
 * @returns the process in which the calls wait
 */
export async function beginLive(connection: ServerConnection, nonce: string): Promise<Backend> {
  const { rows } = await connection.run(
    `SELECT ${internalSchema}.begin_live($1), pg_catalog.pg_backend_pid(), (${OWN_START})`,
    { values: [nonce] },
  );
  const [, pid = null, start = null] = rows[0] ?? [];
  return { pid: pid ?? '', start };
}

/** The process of a connection, in which its statements run. */
export async function ownBackend(connection: ServerConnection): Promise<Backend> {
  const { rows } = await connection.run(`SELECT pg_catalog.pg_backend_pid(), (${OWN_START})`);
  const [pid = null, start = null] = rows[0] ?? [];
  return { pid: pid ?? '', start };
}

/** Cancels what a process runs. A process that waits for its client lets it pass. */
export async function cancelBackend(connection: ServerConnection, { pid, start }: Backend): Promise<void> {
  await connection.run(
    `SELECT pg_catalog.pg_cancel_backend(a.pid) FROM pg_catalog.pg_stat_get_activity($1) a
     WHERE coalesce(a.backend_start OPERATOR(pg_catalog.=) $2::pg_catalog.timestamptz, true)`,
    { values: [pid, start] },
  );
}

/** Ends a process whose client is lost: it may wait for an answer for minutes before it notices. */
export async function terminateBackend(connection: ServerConnection, { pid, start }: Backend): Promise<void> {
  await connection.run(
    `SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_get_activity($1) a
     WHERE coalesce(a.backend_start OPERATOR(pg_catalog.=) $2::pg_catalog.timestamptz, true)`,
    { values: [pid, start] },
  );
}

/** Answers a waiting call, on another connection. The call goes on when that connection is synced. */
export async function answerLive(
  connection: ServerConnection,
  nonce: string,
  number: string,
  { pid, start }: Backend,
  outcome: CallOutcome,
): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.answer_live($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, {
    values: [nonce, number, pid, start, ...outcomeColumns(outcome)],
  });
}

/** Ends what `beginLive` began, on the statement's own connection. */
export async function endLive(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.end_live($1)`, { values: [nonce] });
}

/**
 * Removes the answers of a live statement that has ended. Never on the statement's own connection: a block that stays open
 * there would keep them locked, and the next live statement of the block would wait for itself.
 */
export async function forgetLive(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.forget_live($1)`, { values: [nonce] });
}

/** Removes what is left of statements whose processes have ended, their clients' with them. */
export async function forgetEndedLive(connection: ServerConnection): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.forget_ended_live()`);
}
