import type { Socket } from 'node:net';

/** The other side has gone before it has sent what was to be read. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

/**
 * Reads so many bytes and leaves what follows unread.
 *
 * @throws ConnectionEnded
 */
export function readExactly(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      socket.off('readable', attempt).off('end', gone).off('close', gone).off('error', gone);
      finish();
    };
    const gone = () => settle(() => reject(new ConnectionEnded('the connection has ended')));
    const attempt = () => {
      const bytes: Buffer | null = socket.read(count);
      if (bytes?.length === count) settle(() => resolve(bytes));
      else if (bytes !== null || socket.readableEnded || socket.destroyed) gone();
    };
    socket.on('readable', attempt).on('end', gone).on('close', gone).on('error', gone);
    attempt();
  });
}
