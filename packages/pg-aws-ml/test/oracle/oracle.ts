/**
 * Two databases with the same tables. In one, ordinary functions compute what the ML functions mean and PostgreSQL
 * evaluates every statement natively; the other is reached through Pools or proxies, and local services compute the same. One Pool
 * runs statements as it chooses to, the others each in one way alone.
 */
import { readFile } from 'node:fs/promises';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import type { Plan } from 'pg-rewriter';
import { createTestDatabase } from '../support/postgres.js';
import { BINARY, openWays, type Ways } from './doors.js';
import { mlSemantics } from './ml-semantics.js';
import { leastRequests, type NativeCall, readCall } from './native-calls.js';
import { nativeText } from './native-text.js';
import { Splitter } from './splitter.js';
import { runForOutcome, type StatementOutcome, TypeNameReader } from './statement-outcome.js';
import type { Way } from './ways.js';

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

/** A connection to one side. */
export interface OracleSession {
  readonly client: pg.ClientBase & { release?: () => void };
  typeName(oid: number): Promise<string>;
  /** How SQL is written for this side. */
  textOf(sql: string): string;
  /** Makes the native functions behave as the services do. */
  settle?(denies: string, onError: string): Promise<void>;
  /** Looks at the tables, or takes back what was written, past the Pool. */
  look(sql: string): Promise<unknown[]>;
}

/** What an overload of invoke_endpoint counts is counted for all. */
const countedSql = `
SELECT concat(schemaname, '.', funcname) AS name, sum(calls)::int AS calls
FROM pg_stat_user_functions WHERE schemaname <> 'oracle' GROUP BY 1 HAVING sum(calls) > 0 ORDER BY 1`;

const text = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');

export class Oracle {
  readonly services: LocalServices;
  readonly #native: pg.Client;
  /** Looks at the native database whatever the settings and the transaction of the other one. */
  readonly #besideNative: pg.Client;
  readonly #ways: Ways;
  /** Where a failed call is NULL; opened when they are needed. */
  readonly #openLenient: () => Promise<Ways>;
  #lenient: Promise<Ways> | undefined;
  /** A connection to the Pools' database that knows nothing of ML functions. */
  readonly #behind: pg.Client;
  readonly #splitter: Splitter;
  readonly #nativeTypes: TypeNameReader;
  readonly #poolTypes: TypeNameReader;
  #calls: NativeCall[] = [];

  private constructor(
    native: pg.Client,
    besideNative: pg.Client,
    ways: Ways,
    openLenient: () => Promise<Ways>,
    behind: pg.Client,
    services: LocalServices,
    splitter: Splitter,
  ) {
    this.#native = native;
    this.#besideNative = besideNative;
    this.#ways = ways;
    this.#openLenient = openLenient;
    this.#behind = behind;
    this.services = services;
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
    const native = new pg.Client({ ...nativeDatabase, ...settings, ...(BINARY && { binary: true }) });
    const besideNative = new pg.Client({ ...nativeDatabase });
    const behind = new pg.Client({ ...database });
    const ways = await openWays({ ...database, ...settings }, services);
    const openLenient = () => openWays({ ...database, ...settings, onError: 'null' }, services);
    await Promise.all([native.connect(), besideNative.connect(), behind.connect()]);
    await native.query(await text('native-functions.sql'));
    await ways.pools.chosen.query('CREATE EXTENSION aws_ml CASCADE');
    const oracle = new Oracle(native, besideNative, ways, openLenient, behind, services, await Splitter.open(database));
    await oracle.define(await text('dataset.sql'));
    return oracle;
  }

  /** Runs the statements of a file on both sides. */
  async define(file: string): Promise<void> {
    for (const statement of file.split(/;\n/)) {
      if (statement.trim() === '') continue;
      await this.#native.query(nativeText(statement));
      await this.#ways.pools.chosen.query(statement);
    }
    await Promise.all([this.#native.query('ANALYZE'), this.#behind.query('ANALYZE')]);
  }

  async runNatively(sql: string, values?: readonly unknown[]): Promise<NativeRun> {
    this.#calls = [];
    const outcome = await runForOutcome(this.#native, nativeText(sql), values, (oid) => this.#nativeTypes.nameOf(oid));
    return { outcome, calls: this.#calls, leastRequests: leastRequests(this.#calls) };
  }

  async runThroughPool(sql: string, values?: readonly unknown[], way: Way = 'chosen'): Promise<PoolRun> {
    const plan = way === 'chosen' ? await this.plan(sql) : undefined;
    this.services.resetRequests();
    const outcome = await runForOutcome(this.#ways.pools[way], sql, values, (oid) => this.#poolTypes.nameOf(oid));
    return { outcome, requests: this.requests(), declined: plan?.kind === 'declined' ? plan.message : undefined };
  }

  /** The requests since they were reset, by service and target. */
  requests(): Map<string, number> {
    const requests = new Map<string, number>();
    for (const { service, target } of this.services.requests.entries) {
      requests.set(`${service} ${target}`, (requests.get(`${service} ${target}`) ?? 0) + 1);
    }
    return requests;
  }

  /** Notes what native evaluation calls from here on. */
  forgetCalls(): void {
    this.#calls = [];
  }

  get calls(): readonly NativeCall[] {
    return this.#calls;
  }

  /**
   * Sessions of an application, for more than one statement. To be closed before the oracle.
   *
   * @param onError what a failed call gives
   */
  async sessions(onError: 'fail' | 'null' = 'fail'): Promise<Record<'native' | Way, OracleSession>> {
    const poolTypes = (oid: number) => this.#poolTypes.nameOf(oid);
    if (onError === 'null') this.#lenient ??= this.#openLenient();
    const { pools } = (onError === 'null' ? await this.#lenient : undefined) ?? this.#ways;
    const open = async (way: Way): Promise<OracleSession> => ({
      client: await pools[way].connect(),
      typeName: poolTypes,
      textOf: (sql) => sql,
      look: (sql) => this.behind(sql),
    });
    return {
      native: {
        client: this.#native,
        typeName: (oid) => this.#nativeTypes.nameOf(oid),
        textOf: nativeText,
        look: (sql) => this.natively(sql),
        settle: async (...settings) => {
          const sql = `SELECT set_config('oracle.denies', $1, false), set_config('oracle.on_error', $2, false)`;
          await this.#native.query(sql, settings);
        },
      },
      chosen: await open('chosen'),
      batch: await open('batch'),
      replay: await open('replay'),
      live: await open('live'),
    };
  }

  /** The calls that each side has counted since the counts were reset, by qualified name. */
  async countedCalls(): Promise<{ native: Map<string, number>; pool: Map<string, number> }> {
    const { chosen } = this.#ways.pools;
    await this.#native.query('SELECT pg_stat_force_next_flush()');
    const [native, pool] = await Promise.all([this.#native.query(countedSql), chosen.query(countedSql)]);
    const counts = (rows: readonly { name: string; calls: number }[]) => new Map(rows.map((r) => [r.name, r.calls]));
    return { native: counts(native.rows), pool: counts(pool.rows) };
  }

  async resetCounts(): Promise<void> {
    // Lest what is not published yet shows after the reset.
    await this.#native.query('SELECT pg_stat_force_next_flush()');
    await Promise.all([this.#native, this.#ways.pools.chosen].map((side) => side.query('SELECT pg_stat_reset()')));
  }

  /** How the Pool will plan a statement. */
  plan(sql: string): Promise<Plan | undefined> {
    return this.#splitter.plan(sql);
  }

  /** Looks at the native database, or takes back what was written there. */
  async natively(sql: string): Promise<unknown[]> {
    return (await this.#besideNative.query(sql)).rows;
  }

  /** The same in the Pools' database, behind their backs. */
  async behind(sql: string): Promise<unknown[]> {
    return (await this.#behind.query(sql)).rows;
  }

  async onBoth(sql: string): Promise<void> {
    await Promise.all([this.natively(sql), this.behind(sql)]);
  }

  async close(): Promise<void> {
    await Promise.all([
      this.#native.end(),
      this.#besideNative.end(),
      this.#behind.end(),
      this.#ways.close(),
      this.#lenient?.then((ways) => ways.close()),
      this.#splitter.close(),
    ]);
    await this.services.close();
  }
}
