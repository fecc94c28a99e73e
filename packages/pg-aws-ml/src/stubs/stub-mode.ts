import type { ServerConnection } from '../server/server-connection.js';
import { type StubMode, stubSettings } from './names.js';

/** Sets how the ML functions answer until the end of the transaction, or of the savepoint if that is rolled back. */
export async function setStubMode(connection: ServerConnection, mode: StubMode | 'off'): Promise<void> {
  await set(connection, stubSettings.mode, mode === 'off' ? '' : mode, true);
}

/**
 * The same until it is set again: for a statement that commits on its way, as a procedure may. To be set to `off` after
 * it, whether it failed or not.
 */
export async function setSessionStubMode(connection: ServerConnection, mode: StubMode | 'off'): Promise<void> {
  await set(connection, stubSettings.mode, mode === 'off' ? '' : mode, false);
}

/**
 * @param milliseconds how long one live call waits for its result; without it, five minutes
 * @param scope until the end of the transaction, or until it is set again
 */
export async function setLiveTimeout(
  connection: ServerConnection,
  milliseconds: number,
  scope: 'transaction' | 'session' = 'transaction',
): Promise<void> {
  await set(connection, stubSettings.liveTimeout, String(milliseconds), scope === 'transaction');
}

/** Ends a collect run after so many calls without a result. A result that isn't there may be what ends a loop. */
export async function setCollectLimit(connection: ServerConnection, calls: number): Promise<void> {
  await set(connection, stubSettings.collectLimit, String(calls), true);
}

async function set(connection: ServerConnection, setting: string, value: string, local: boolean): Promise<void> {
  await connection.run('SELECT pg_catalog.set_config($1, $2, $3)', { values: [setting, value, String(local)] });
}
