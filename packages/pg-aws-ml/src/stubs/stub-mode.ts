import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema, stubModes, stubSettings } from './names.js';
import { sessionNonce } from './session-nonce.js';

/**
 * Until the end of the transaction, or of the savepoint if that is rolled back; or until it is set again, for a statement
 * that commits on its way, as a procedure may.
 */
export type SettingScope = 'transaction' | 'session';

/** Makes ML functions give NULL until `endStubMode`, or the end of the transaction: while statements are only planned. */
export async function describeOnly(connection: ServerConnection): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.begin_describe($1)`, { values: [sessionNonce(connection)] });
}

/** Makes ML functions wait for results, once `beginLive` has proved that they may. */
export async function setLiveMode(connection: ServerConnection, scope: SettingScope = 'transaction'): Promise<void> {
  await set(connection, stubSettings.mode, stubModes.live, scope);
}

/** ML functions refuse again. For a scope of a session to be called after a statement whether it failed or not. */
export async function endStubMode(connection: ServerConnection, scope: SettingScope = 'transaction'): Promise<void> {
  await set(connection, stubSettings.mode, '', scope);
}

/** Has the server end what it runs when its client has gone, where it can tell. `beginReplay` does so by itself. */
export async function watchClient(connection: ServerConnection, scope: SettingScope): Promise<void> {
  await setWatch(connection, 'watch_client', scope);
}

/** The session's own interval again. `endReplay` sets it by itself. */
export async function unwatchClient(connection: ServerConnection, scope: SettingScope): Promise<void> {
  await setWatch(connection, 'unwatch_client', scope);
}

async function setWatch(connection: ServerConnection, name: string, scope: SettingScope): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.${name}($1)`, { values: [String(scope === 'transaction')] });
}

/**
 * @param milliseconds how long one live call waits for its result; without it, five minutes
 */
export async function setLiveTimeout(
  connection: ServerConnection,
  milliseconds: number,
  scope: SettingScope = 'transaction',
): Promise<void> {
  await set(connection, stubSettings.liveTimeout, String(milliseconds), scope);
}

/** Ends a collect run after so many calls without a result. A result that isn't there may be what ends a loop. */
export async function setCollectLimit(connection: ServerConnection, calls: number): Promise<void> {
  await set(connection, stubSettings.collectLimit, String(calls), 'transaction');
}

async function set(connection: ServerConnection, setting: string, value: string, scope: SettingScope): Promise<void> {
  const local = String(scope === 'transaction');
  await connection.run('SELECT pg_catalog.set_config($1, $2, $3)', { values: [setting, value, local] });
}
