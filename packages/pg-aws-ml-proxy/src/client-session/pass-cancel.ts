import type { Socket } from 'node:net';
import type { StartUpPacket } from '../protocol/start-up-packet.js';
import { connectToServer } from '../start-up/connect-to-server.js';
import type { Surroundings } from './surroundings.js';

/**
 * Passes a cancel request on. The client takes the end of its connection for "done", so that comes when the server has
 * ended.
 */
export async function passCancel(
  client: Socket,
  { bytes, key }: Extract<StartUpPacket, { kind: 'cancel' }>,
  { server, serverTimeoutMs, cancelled }: Surroundings,
): Promise<void> {
  cancelled(key);
  const upstream = await connectToServer(server, serverTimeoutMs);
  await new Promise<void>((done) => {
    upstream.on('error', () => {}).once('close', done);
    upstream.once('end', () => upstream.end());
    upstream.setTimeout(serverTimeoutMs, () => upstream.destroy());
    upstream.resume();
    upstream.write(bytes);
  });
  client.destroySoon();
}
