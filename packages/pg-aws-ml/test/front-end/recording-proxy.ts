import net from 'node:net';
import type { DatabaseAddress } from '../support/postgres.js';

/** A TCP proxy before the server that keeps what each client sends. */
export interface RecordingProxy {
  readonly address: Pick<DatabaseAddress, 'host' | 'port' | 'user' | 'database'>;
  /** The bytes from client to server, of all connections in the order of their connects. */
  sent(): Buffer;
  stop(): Promise<void>;
}

export async function startRecordingProxy(database: DatabaseAddress): Promise<RecordingProxy> {
  const recorded: Buffer[][] = [];
  const server = net.createServer((client) => {
    const chunks: Buffer[] = [];
    recorded.push(chunks);
    const upstream = net.connect(database.port, database.host);
    client.on('data', (chunk) => chunks.push(chunk));
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    address: { host: '127.0.0.1', port, user: database.user, database: database.database },
    sent: () => Buffer.concat(recorded.flat()),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
