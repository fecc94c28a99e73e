import type { ServerConnection } from '../server/server-connection.js';
import { type StubMode, stubSettings } from './names.js';

/** Sets how the ML functions answer until the end of the transaction, or of the savepoint if that is rolled back. */
export async function setStubMode(connection: ServerConnection, mode: StubMode | 'off'): Promise<void> {
  await setLocally(connection, stubSettings.mode, mode === 'off' ? '' : mode);
}

/** @param milliseconds how long one live call waits for its result; without it, five minutes */
export async function setLiveTimeout(connection: ServerConnection, milliseconds: number): Promise<void> {
  await setLocally(connection, stubSettings.liveTimeout, String(milliseconds));
}

async function setLocally(connection: ServerConnection, setting: string, value: string): Promise<void> {
  await connection.run('SELECT pg_catalog.set_config($1, $2, true)', { values: [setting, value] });
}
