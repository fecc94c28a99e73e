import { TLSSocket } from 'node:tls';
import { defaults, type ProxyOptions } from '../proxy-options.js';
import { readCertificates } from '../start-up/certificates.js';
import { connectToServer } from '../start-up/connect-to-server.js';
import { credentialsOf } from '../start-up/credentials.js';
import { listenAddress } from '../start-up/listen-address.js';
import { serverAddress } from '../start-up/server-address.js';

/**
 * Tries what can be tried without clients: reads the files and connects to the server.
 *
 * @returns a line for each thing that was found
 * @throws ConfigurationError; FatalError 08001 where there is no connection
 */
export async function check(options: ProxyOptions): Promise<readonly string[]> {
  const { host, port } = listenAddress(options.listen ?? defaults.listen);
  const admin = options.admin === undefined ? undefined : listenAddress(options.admin, 'admin');
  const certificates = await readCertificates(options.tlsCert, options.tlsKey);
  const server = await serverAddress(options.upstream);
  const credentials = await credentialsOf(options.auth, options.users, server);
  const socket = await connectToServer(server, (options.upstreamTimeout ?? defaults.upstreamTimeout) * 1000);
  const encryption = socket instanceof TLSSocket ? `${socket.getProtocol()}, sslmode=${server.sslmode}` : 'without TLS';
  socket.destroy();
  const roles = credentials?.size ?? 0;
  return [
    `clients: ${host}:${port}, ${certificates === undefined ? 'without TLS' : 'with TLS'}`,
    `server: ${server.host}:${server.port}, ${encryption}`,
    `authentication: ${credentials === undefined ? 'passes to the server' : `of ${roles} ${roles === 1 ? 'role' : 'roles'} by the proxy`}`,
    ...(admin === undefined ? [] : [`admin: http://${admin.host}:${admin.port}`]),
  ];
}
