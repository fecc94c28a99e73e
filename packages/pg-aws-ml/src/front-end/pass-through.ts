import { ConnectionTap } from '../server/connection-tap.js';
import { type ProtocolConnection, statementMessages } from '../server/protocol-connection.js';
import type { VirtualConnection } from './virtual-connection.js';

/**
 * Repeats the server's answer on the virtual connection, where cursors listen, after the client has handled it; until
 * ReadyForQuery.
 */
export function repeatAnswer(connection: ProtocolConnection, virtual: VirtualConnection): void {
  const tap = new ConnectionTap(connection, (event, argument) => {
    if (!statementMessages.has(event)) return false;
    // Released first: the client may start the next statement while it handles this message.
    if (event === 'readyForQuery') tap.release();
    tap.emit(event, argument);
    virtual.emit(event, argument);
    return true;
  });
}
