import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { type DatabaseAddress, startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';
import type { ServerKind } from './scenario.js';

/** A running server with the extension. */
export interface Server {
  readonly address: DatabaseAddress;
  readonly client: pg.Client;
}

/** Thrown where the machine lacks what a kind of server needs. */
export class ServerMissing extends Error {}

/** The servers of a run, each started on first use. */
export class Servers {
  readonly #started = new Map<ServerKind, Promise<Server>>();
  readonly #stop: (() => Promise<void>)[] = [];

  /** @throws ServerMissing */
  get(kind: ServerKind): Promise<Server> {
    let server = this.#started.get(kind);
    if (server === undefined) {
      server = this.#start(kind);
      this.#started.set(kind, server);
    }
    return server;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stop.reverse()) await stop();
  }

  async #start(kind: ServerKind): Promise<Server> {
    const installation = kind === 'plpython' ? debianServer() : undefined;
    const address: ThrowawayPostgres = await startPostgres({ installation, settings: { shared_buffers: '512MB' } });
    this.#stop.push(() => address.stop());
    const client = new pg.Client({ ...address });
    await client.connect();
    this.#stop.push(() => client.end());
    if (kind === 'plpython') await importBoto3(client);
    const pool = new Pool({ ...address, max: 1 });
    await pool.query('CREATE EXTENSION aws_ml CASCADE');
    await pool.end();
    return { address, client };
  }
}

/** The newest of Debian's servers; the embedded one has no PL/Python. */
function debianServer(): string {
  const directory = '/usr/lib/postgresql';
  const versions = existsSync(directory) ? readdirSync(directory).map(Number) : [];
  const newest = Math.max(
    ...versions.filter((version) => existsSync(join(directory, String(version), 'bin', 'initdb'))),
  );
  if (!Number.isFinite(newest)) throw new ServerMissing(`no PostgreSQL in ${directory}`);
  return join(directory, String(newest));
}

async function importBoto3(client: pg.Client): Promise<void> {
  try {
    await client.query('CREATE EXTENSION plpython3u');
    await client.query('DO LANGUAGE plpython3u $$ import boto3 $$');
  } catch (error) {
    throw new ServerMissing(`PL/Python with boto3: ${(error as Error).message}`);
  }
}
