/**
 * Two databases with the same tables. In one, ordinary functions compute what the ML functions mean and PostgreSQL
 * evaluates every statement natively; the other is reached through the Pool, and local services compute the same.
 */
import { readFile } from 'node:fs/promises';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import type { Plan } from 'pg-rewriter';
import { createTestDatabase } from '../support/postgres.js';
import { mlSemantics } from './ml-semantics.js';
import { leastRequests, type NativeCall, readCall } from './native-calls.js';
import { createOverloads, withNativeOverloads } from './native-overloads.js';
import { Splitter } from './splitter.js';
import { runForOutcome, type StatementOutcome, TypeNameReader } from './statement-outcome.js';

export interface NativeRun {
  readonly outcome: StatementOutcome;
  readonly calls: readonly NativeCall[];
  /** By service and target. */
  readonly leastRequests: ReadonlyMap<string, number>;
}

export interface PoolRun {
  readonly outcome: StatementOutcome;
  /** By service and target. */
  readonly requests: ReadonlyMap<string, number>;
  /** Why the statement was replayed instead of split. */
  readonly declined: string | undefined;
}

/** What an overload of invoke_endpoint counts is counted for all. */
const countedSql = `
SELECT concat(schemaname, '.', funcname) AS name, sum(calls)::int AS calls
FROM pg_stat_user_functions WHERE schemaname <> 'oracle' GROUP BY 1 HAVING sum(calls) > 0 ORDER BY 1`;

const text = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');

export class Oracle {
  readonly #native: pg.Client;
  readonly #pool: Pool;
  /** A connection to the Pool's database that knows nothing of ML functions. */
  readonly #behind: pg.Client;
  readonly #services: LocalServices;
  readonly #splitter: Splitter;
  readonly #nativeTypes: TypeNameReader;
  readonly #poolTypes: TypeNameReader;
  #calls: NativeCall[] = [];

  private constructor(native: pg.Client, pool: Pool, behind: pg.Client, services: LocalServices, splitter: Splitter) {
    this.#native = native;
    this.#pool = pool;
    this.#behind = behind;
    this.#services = services;
    this.#splitter = splitter;
    this.#nativeTypes = new TypeNameReader(native);
    this.#poolTypes = new TypeNameReader(behind);
    native.on('notice', ({ message }) => {
      const call = readCall(message);
      if (call !== undefined) this.#calls.push(call);
    });
  }

  /** @param options settings of the sessions on both sides, as libpq's `options` has them */
  static async open(options?: string): Promise<Oracle> {
    const services = await startLocalServices(mlSemantics);
    const [nativeDatabase, database] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const settings = options === undefined ? {} : { options };
    const native = new pg.Client({ ...nativeDatabase, ...settings });
    const behind = new pg.Client({ ...database });
    const endpoints = { comprehend: services.url, sagemaker: services.url, bedrock: services.url };
    const credentials = { accessKeyId: 'oracle', secretAccessKey: 'oracle' };
    const pool = new Pool({ ...database, ...settings, max: 2, awsMl: { region: 'us-east-1', credentials, endpoints } });
    await Promise.all([native.connect(), behind.connect()]);
    await native.query(await text('native-functions.sql'));
    await pool.query('CREATE EXTENSION aws_ml CASCADE');
    for (const statement of (await text('dataset.sql')).split(/;\n/)) {
      if (statement.trim() === '') continue;
      await withNativeOverloads(native, () => native.query(statement));
      await pool.query(statement);
    }
    await Promise.all([native.query('ANALYZE'), behind.query('ANALYZE')]);
    return new Oracle(native, pool, behind, services, await Splitter.open(database));
  }

  /** Native functions for calls of `invoke_endpoint` with model inputs of these types. */
  async prepareCalls(types: readonly (readonly string[])[]): Promise<void> {
    await createOverloads(this.#native, types);
  }

  async runNatively(sql: string, values?: readonly unknown[]): Promise<NativeRun> {
    const run = async (): Promise<StatementOutcome> => {
      this.#calls = [];
      const outcome = await runForOutcome(this.#native, sql, values, (oid) => this.#nativeTypes.nameOf(oid));
      if ('sqlState' in outcome) throw Object.assign(new Error(outcome.message), { code: outcome.sqlState });
      return outcome;
    };
    let outcome: StatementOutcome;
    try {
      outcome = await withNativeOverloads(this.#native, run);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      outcome = { sqlState: code, message };
    }
    return { outcome, calls: this.#calls, leastRequests: leastRequests(this.#calls) };
  }

  async runThroughPool(sql: string, values?: readonly unknown[]): Promise<PoolRun> {
    const plan = await this.plan(sql);
    this.#services.resetRequests();
    const outcome = await runForOutcome(this.#pool, sql, values, (oid) => this.#poolTypes.nameOf(oid));
    const requests = new Map<string, number>();
    for (const { service, target } of this.#services.requests.entries) {
      requests.set(`${service} ${target}`, (requests.get(`${service} ${target}`) ?? 0) + 1);
    }
    return { outcome, requests, declined: plan?.kind === 'declined' ? plan.message : undefined };
  }

  /** The calls that each side has counted since the counts were reset, by qualified name. */
  async countedCalls(): Promise<{ native: Map<string, number>; pool: Map<string, number> }> {
    await this.#native.query('SELECT pg_stat_force_next_flush()');
    const [native, pool] = await Promise.all([this.#native.query(countedSql), this.#pool.query(countedSql)]);
    const counts = (rows: readonly { name: string; calls: number }[]) => new Map(rows.map((r) => [r.name, r.calls]));
    return { native: counts(native.rows), pool: counts(pool.rows) };
  }

  async resetCounts(): Promise<void> {
    // Lest what is not published yet shows after the reset.
    await this.#native.query('SELECT pg_stat_force_next_flush()');
    await Promise.all([this.#native, this.#pool].map((side) => side.query('SELECT pg_stat_reset()')));
  }

  /** How the Pool will plan a statement. */
  plan(sql: string): Promise<Plan | undefined> {
    return this.#splitter.plan(sql);
  }

  /** Runs a statement on both databases without the Pool: to look at what was written, and to undo it. */
  async onBoth(sql: string): Promise<readonly [native: unknown[], pool: unknown[]]> {
    const [native, behind] = await Promise.all([this.#native.query(sql), this.#behind.query(sql)]);
    return [native.rows, behind.rows];
  }

  async close(): Promise<void> {
    await Promise.all([this.#native.end(), this.#behind.end(), this.#pool.end(), this.#splitter.close()]);
    await this.#services.close();
  }
}
