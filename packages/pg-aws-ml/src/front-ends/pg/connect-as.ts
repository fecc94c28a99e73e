import pg from 'pg';
import type { Connect } from '../../server/own-connection.js';
import { PipelinedConnection } from '../../server/pipelined-connection.js';
import type { ProtocolConnection } from '../../server/protocol-connection.js';

/** Opens connections with the parameters of a client of pg. */
export function connectAs(client: pg.Client): Connect {
  const parameters = parametersOf(client);
  return async (onLoss) => {
    const own = new pg.Client(parameters);
    own.on('error', onLoss);
    own.on('end', onLoss);
    await own.connect();
    const { connection } = own as unknown as OwnInternals;
    return {
      connection: new PipelinedConnection(connection, 'I', onLoss),
      setReferenced: (referenced) => setReferenced(own, referenced),
      destroy: () => connection.stream.destroy(),
      end: () => end(own),
    };
  };
}

interface OwnInternals {
  readonly connection: ProtocolConnection & { readonly stream: { destroy(): void } };
}

async function end(client: pg.Client): Promise<void> {
  client.removeAllListeners('error');
  client.on('error', () => {});
  // A process that awaits the end must not stop before it.
  setReferenced(client, true);
  await client.end();
}

function setReferenced(client: pg.Client, referenced: boolean): void {
  const { ref, unref } = client as unknown as { ref(): void; unref(): void };
  (referenced ? ref : unref).call(client);
}

interface ClientInternals {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: pg.ClientConfig['password'];
  readonly ssl: pg.ClientConfig['ssl'];
  readonly connectionParameters: { readonly options?: string };
}

function parametersOf(client: pg.Client): pg.ClientConfig {
  const { host, port, user, database, password, ssl, connectionParameters } = client as unknown as ClientInternals;
  const { options } = connectionParameters;
  return {
    host,
    port,
    user,
    database,
    password,
    ssl,
    application_name: 'pg-aws-ml',
    ...(options === undefined ? {} : { options }),
  };
}
