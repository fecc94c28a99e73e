import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { FatalError } from '../protocol/fatal-error.js';
import { readExactly } from './read-exactly.js';
import type { ServerAddress } from './server-address.js';

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const KEEP_ALIVE_MS = 60_000;

/**
 * Connects to the server and negotiates encryption; nothing else is sent.
 *
 * @throws FatalError 08001
 */
export async function connectToServer(address: ServerAddress, timeoutMs: number): Promise<Socket> {
  const signal = AbortSignal.timeout(timeoutMs);
  let socket: Socket | undefined;
  try {
    const onSocket = address.host.startsWith('/');
    const { host, port } = address;
    socket = connect(
      onSocket ? { path: `${host}/.s.PGSQL.${port}`, allowHalfOpen: true } : { host, port, allowHalfOpen: true },
    );
    const stop = () => socket?.destroy();
    signal.addEventListener('abort', stop);
    await once(socket, 'connect', { signal });
    if (!onSocket) socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
    const encrypted = onSocket || address.sslmode === 'disable' ? socket : await encrypt(socket, address, signal);
    signal.removeEventListener('abort', stop);
    return encrypted;
  } catch (error) {
    socket?.on('error', () => {}).destroy();
    if (error instanceof FatalError) throw error;
    const reason = signal.aborted
      ? 'it does not answer'
      : ((error as NodeJS.ErrnoException).code ?? (error as Error).message);
    throw new FatalError('08001', `the server cannot be reached: ${reason}`);
  }
}

async function encrypt(socket: Socket, address: ServerAddress, signal: AbortSignal): Promise<Socket> {
  socket.write(SSL_REQUEST);
  const answer = (await readExactly(socket, 1)).toString('latin1');
  if (answer === 'N' && (address.sslmode === 'prefer' || address.sslmode === 'allow')) return socket;
  if (answer === 'N') throw new FatalError('08001', 'the server does not support SSL, but SSL was required');
  if (answer !== 'S' || socket.readableLength > 0) throw new Error('no answer to a request for SSL');
  const secure = connectSecurely({
    socket,
    ...(isIP(address.host) === 0 && { servername: address.host }),
    ...(address.ca !== undefined && { ca: address.ca }),
    host: address.host,
    rejectUnauthorized: address.sslmode === 'verify-ca' || address.sslmode === 'verify-full',
    ...(address.sslmode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ALPNProtocols: ['postgresql'],
    minVersion: 'TLSv1.2',
  });
  await once(secure, 'secureConnect', { signal });
  return secure;
}

/** The certificate that the server has shown, in DER; undefined without encryption. */
export const serverCertificate = (socket: Socket): Buffer | undefined =>
  'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate()?.raw : undefined;
