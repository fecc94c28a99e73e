import pg from 'pg';
import { PipelinedConnection } from '../../src/server/pipelined-connection.js';
import type { ProtocolConnection } from '../../src/server/protocol-connection.js';
import type { RawRow, ServerConnection, ServerNotice } from '../../src/server/server-connection.js';
import type { DatabaseAddress } from '../support/postgres.js';

/** A connection on which a test runs both sides: this package's (`connection`) and an application's (`query`). */
export interface Session {
  readonly connection: ServerConnection;
  /** The notices that reached the application. */
  readonly notices: ServerNotice[];
  /** Runs SQL as an application would, and returns the rows of its last statement. */
  query(sql: string, values?: string[]): Promise<readonly RawRow[]>;
  end(): Promise<void>;
}

/** @param user defaults to the superuser */
export async function openSession({ host, port, user, database }: DatabaseAddress, role = user): Promise<Session> {
  const client = new pg.Client({ host, port, database, user: role });
  await client.connect();
  const notices: ServerNotice[] = [];
  client.on('notice', ({ severity, code, message, detail, hint }) =>
    notices.push({ severity, code, message, detail, hint }),
  );
  const protocol = (client as unknown as { connection: ProtocolConnection }).connection;
  const connection = new PipelinedConnection(protocol, 'I');
  return {
    connection,
    notices,
    async query(sql, values) {
      if (values === undefined) return (await connection.simple(sql)).at(-1)?.rows ?? [];
      try {
        return (await connection.run(sql, { values })).rows;
      } finally {
        await connection.sync();
      }
    },
    async end() {
      connection.release();
      await client.end();
    },
  };
}
