import type { StatementInvocations } from 'aws-ml-core';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { BoundValue, FieldDescription, ServerConnection } from '../server/server-connection.js';
import { TransactionUnit } from '../server/transaction.js';
import type { CallOutcomes } from '../stubs/call-outcomes.js';
import { portalName, type ReplayMode } from '../stubs/names.js';
import { beginReplay, openResults, storeResults } from '../stubs/replay-results.js';

/** What the runs of one replayed statement share. */
export interface Replay {
  readonly context: StatementContext;
  readonly nonce: string;
  readonly outcomes: CallOutcomes;
  readonly invocations: StatementInvocations;
}

/** SQL with its parameters. */
export interface BoundSql {
  readonly text: string;
  readonly values: readonly BoundValue[];
  readonly types: readonly number[];
  /** Whether it reads the table of results itself. */
  readonly readsResults?: true;
  /** The columns of the statement that it stands for, as the server describes that one. */
  readonly answersAs?: readonly FieldDescription[] | null;
}

/**
 * Puts what is known where the ML functions look it up, until the transaction or savepoint ends. The queries are on
 * their way, not answered; an error shows in the statement that follows.
 */
export function provideResults(
  { context, nonce, outcomes }: Replay,
  mode: ReplayMode,
  { readsResults }: Pick<BoundSql, 'readsResults'> = {},
): void {
  const { connection, inBlock, session } = context;
  for (const sent of [
    beginReplay(connection, nonce, mode),
    storeResults(connection, nonce, outcomes.all()),
    ...(readsResults ? [openResults(connection, nonce)] : []),
    // Parallel workers see no temporary tables.
    connection.run(`SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', true)`),
    // A run that is ended early would let the next one begin where it stopped.
    ...(mode === 'collect'
      ? [connection.run(`SELECT pg_catalog.set_config('synchronize_seqscans', 'off', true)`)]
      : []),
    ...(session.readOnly && !inBlock ? [connection.run('SET TRANSACTION READ ONLY')] : []),
  ]) {
    sent.catch(() => {});
  }
}

/** Begins a part of the session's work in which results can be provided: read-only, if need be, once they are there. */
export const beginUnit = ({ context }: Replay): TransactionUnit =>
  TransactionUnit.begin(context, { undone: UndoneCalls.of(context), writable: context.session.readOnly });

/** Runs SQL through a portal and forgets its rows. */
export async function runToEnd(connection: ServerConnection, { text, values, types }: BoundSql): Promise<void> {
  const portal = portalName('collect');
  const opened = connection.openPortal(portal, text, { values, types });
  opened.catch(() => {});
  for (let done = false; !done; ) ({ done } = await connection.fetch(portal, 5000));
  await connection.closePortal(portal);
}
