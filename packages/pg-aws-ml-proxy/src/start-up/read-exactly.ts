import type { Socket } from 'node:net';
import { HEADER_BYTES, LENGTH_BYTES } from '../protocol/message-types.js';

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

/**
 * Reads one message with its header.
 *
 * @throws ConnectionEnded, also for one that is longer than `maxBytes`
 */
export async function readFrame(
  socket: Socket,
  maxBytes: number,
): Promise<{ readonly type: number; readonly frame: Buffer }> {
  const header = await readExactly(socket, HEADER_BYTES);
  const rest = header.readUInt32BE(1) - LENGTH_BYTES;
  if (rest < 0 || rest > maxBytes) throw new ConnectionEnded('a message of impossible length');
  const frame = rest === 0 ? header : Buffer.concat([header, await readExactly(socket, rest)]);
  return { type: header[0] as number, frame };
}
