import { once } from 'node:events';
import { type LocalServices, type ServiceName, startLocalServices } from 'aws-ml-local';
import { type ClientConfig, Pool, type PoolClient } from 'pg-aws-ml';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sections } from './sections/index.js';
import { referenceServices } from './services.js';
import type { ReferenceStatement, Role } from './statement.js';

/** A PostgreSQL for the statements alone. */
export interface ReferenceServer {
  /** A superuser's; the database is empty. */
  readonly connection: ClientConfig;
  stop(): Promise<void>;
}

const TENANT = { user: 'tenant', password: 'tenant' };

/** Runs every statement of the reference on a server, each as a test, in the order of the document. */
export function describeReference(start: () => Promise<ReferenceServer>): void {
  let server: ReferenceServer;
  let services: LocalServices;
  const sessions = new Map<Role, Session>();

  beforeAll(async () => {
    server = await start();
    services = await startLocalServices(referenceServices);
    for (const [name, value] of Object.entries(services.environment)) vi.stubEnv(name, value);
    const owner = await Session.open(server.connection);
    await owner.client.query(`CREATE ROLE ${TENANT.user} LOGIN PASSWORD '${TENANT.password}'`);
    sessions.set('owner', owner).set('tenant', await Session.open({ ...server.connection, ...TENANT }));
  });

  afterAll(async () => {
    await Promise.all([...sessions.values()].map((session) => session.close()));
    await services?.close();
    await server?.stop();
    vi.unstubAllEnvs();
  });

  for (const { subject, statements } of sections) {
    describe(subject, () => {
      for (const statement of statements) {
        if (statement.todo === true) {
          it.todo(statement.shows);
          continue;
        }
        it(statement.shows, async () => {
          const session = sessions.get(statement.as ?? 'owner') as Session;
          for (const sql of statement.given ?? []) await sessions.get('owner')?.client.query(sql);
          services.resetRequests();
          await expectAnswer(session, statement);
          expect(requestsOf(services)).toEqual({ comprehend: 0, sagemaker: 0, bedrock: 0, ...statement.requests });
        });
      }
    });
  }
}

/** One session, because some statements set its parameters. */
class Session {
  readonly notices: string[] = [];

  private constructor(
    private readonly pool: Pool,
    readonly client: PoolClient,
    /** SQL names of the server's own types, by OID. */
    readonly typeNames: ReadonlyMap<number, string>,
  ) {
    client.on('notice', ({ message }) => this.notices.push(message ?? ''));
  }

  static async open(connection: ClientConfig): Promise<Session> {
    const pool = new Pool({ ...connection, max: 1 });
    const client = await pool.connect();
    const { rows } = await client.query('SELECT oid, format_type(oid, NULL) AS name FROM pg_type');
    return new Session(pool, client, new Map(rows.map(({ oid, name }) => [oid, name])));
  }

  async close(): Promise<void> {
    // The pool does not wait for its connections to close, but the server is about to go.
    const closed = once(this.pool, 'remove');
    this.client.release(true);
    await Promise.all([closed, this.pool.end()]);
  }
}

async function expectAnswer({ client, notices, typeNames }: Session, statement: ReferenceStatement): Promise<void> {
  notices.length = 0;
  const query = { text: statement.sql, values: [...(statement.values ?? [])], rowMode: 'array' as const };
  if (statement.fails !== undefined) {
    await expect(client.query(query)).rejects.toMatchObject(statement.fails);
    return;
  }
  const { command, rowCount, fields, rows } = await client.query(query);
  if (statement.command !== undefined) expect(command).toBe(statement.command);
  if (statement.rowCount !== undefined) expect(rowCount).toBe(statement.rowCount);
  if (statement.columns !== undefined) {
    expect(fields.map(({ name, dataTypeID }) => `${name} ${typeNames.get(dataTypeID)}`)).toEqual(statement.columns);
  }
  if (statement.rows !== undefined) expect(rows).toEqual(statement.rows);
  if (statement.plan !== undefined) expectInOrder(rows.flat().map(String), statement.plan);
  if (statement.notices !== undefined) expect(notices).toEqual(statement.notices);
}

function expectInOrder(lines: readonly string[], expected: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of expected) {
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
    expect(at, `${pattern} in\n${lines.join('\n')}`).toBeGreaterThanOrEqual(from);
    from = at + 1;
  }
}

function requestsOf(services: LocalServices): Partial<Record<ServiceName, number>> {
  const { requests } = services;
  return {
    comprehend: requests.total('comprehend'),
    sagemaker: requests.total('sagemaker'),
    bedrock: requests.total('bedrock'),
  };
}
