import type { Invoker } from 'aws-ml-core';
import { withLaterWordsQuoted } from 'pg-rewriter';
import type { CacheTable } from '../cache/cache-table.js';
import { CatalogCache } from '../catalog/catalog-cache.js';
import { TypeNames } from '../catalog/column-types.js';
import type { SessionFacts } from '../catalog/facts.js';
import { loadSessionFacts } from '../catalog/session-facts.js';
import type { Observability } from '../observability/observability.js';
import type { ExecutionMode } from '../observability/pool-observer.js';
import { KnownNames } from '../recognise/known-names.js';
import type { ServerConnection } from '../server/server-connection.js';
import { withoutStatementTimeout } from '../server/without-statement-timeout.js';
import { hasNativeExtension, readMajorVersion } from '../stubs/native-extension.js';
import { oldestMajorVersion } from '../stubs/oldest-server.js';
import { AnsweringConnection } from './answering-connection.js';
import { CallCounters } from './call-counters.js';
import { StatementCache } from './statement-cache.js';
import { Transfers } from './transfers.js';

/** Somebody else has dropped the extension: undefined function, undefined schema, insufficient privilege. */
const functionIsGone: ReadonlySet<string> = new Set(['42883', '3F000', '42501']);

/** What is made before the statements, where there is any of it. */
export interface SharedParts {
  readonly names?: KnownNames;
  readonly cacheTable?: CacheTable | undefined;
  readonly transfers?: Transfers;
}

/** What the statements of one pool share. */
export class EngineState {
  readonly typeNames = new TypeNames();
  readonly names: KnownNames;
  readonly native = new NativeServer();
  readonly catalog = new CatalogCache((text) => this.asServerReads(text));
  readonly statements = new StatementCache((text) => this.asServerReads(text));
  readonly answering: AnsweringConnection;
  /** For pg_stat_user_functions. */
  readonly callCounters = new CallCounters();
  readonly invoker: Invoker;
  readonly observability: Observability;
  /** Where results are kept for other processes; undefined where they aren't. */
  readonly cacheTable: CacheTable | undefined;
  readonly transfers: Transfers;
  /** The one way in which statements may run, in tests of that way. */
  forcedWay: ExecutionMode | undefined;
  /** The version of the catalog for whose functions those of invoke_endpoint have been made. */
  preparedBodies: number | undefined;
  #factsFunction = false;

  constructor(
    invoker: Invoker,
    observability: Observability,
    { names = new KnownNames(), cacheTable, transfers = new Transfers({}) }: SharedParts = {},
  ) {
    this.invoker = invoker;
    this.observability = observability;
    this.names = names;
    this.answering = new AnsweringConnection((change) => observability.answeringConnection(change));
    this.cacheTable = cacheTable;
    this.transfers = transfers;
  }

  /** The text in words that our grammar reads as the server reads them. */
  asServerReads(text: string): string {
    return withLaterWordsQuoted(text, this.native.majorVersion);
  }

  /** Reads what the session is like now, and what the server's catalog is. */
  async readSession(connection: ServerConnection): Promise<SessionFacts> {
    const before = performance.now();
    const session = await this.#loadSession(connection);
    this.names.looked(performance.now() - before);
    this.#factsFunction = session.hasFactsFunction;
    this.catalog.see(session.catalogVersion);
    return session;
  }

  async #loadSession(connection: ServerConnection): Promise<SessionFacts> {
    try {
      return await loadSessionFacts(connection, this.#factsFunction);
    } catch (error) {
      if (!this.#factsFunction || !functionIsGone.has((error as { code?: string }).code ?? '')) throw error;
      this.#factsFunction = false;
      // In a block nothing can be repaired: it has failed.
      if (connection.transactionStatus !== 'I') throw error;
      await connection.sync();
      return loadSessionFacts(connection);
    }
  }

  /** Looks at the session and learns the names, so that the statements that follow are recognised. */
  async look(connection: ServerConnection): Promise<void> {
    await withoutStatementTimeout(connection, async () => {
      await this.learnNames(connection, await this.readSession(connection));
      await connection.sync();
    });
  }

  /** Brings the recogniser up to date with what can reach an ML function in this version of the catalog. */
  async learnNames(connection: ServerConnection, session: SessionFacts): Promise<void> {
    if (this.names.version === this.catalog.version) return;
    const version = this.catalog.version;
    const installed = session.extensionVersion !== null;
    const reach = installed && !this.native.isTooOld ? await this.catalog.mlReach(connection) : undefined;
    const transfers = session.transfers === null ? [] : await this.catalog.transferNames(connection);
    const names = new Set([...(reach?.names ?? []), ...(reach?.cursorFunctions ?? []), ...transfers]);
    const hasDeferred = [...(reach?.relations.values() ?? [])].some((r) => r.parts.includes('deferred trigger'));
    this.names.learn({ version, installed, names, operators: reach?.operators, hasDeferred });
    this.observability.namesLearnt(reach?.names.size ?? 0);
  }

  /** Something may have changed the catalog. */
  forgetCatalog(): void {
    this.catalog.invalidate();
    this.typeNames.forgetUserTypes();
    this.names.forget();
    // The statement may have dropped the extension.
    this.#factsFunction = false;
  }
}

/** What the server is. It doesn't change while a pool lives. */
class NativeServer {
  /** Undefined until somebody has asked whether it is Aurora. */
  majorVersion: number | undefined;
  #isAurora: boolean | undefined;

  /** Whether it can't have our extension. Known once somebody has asked whether it is Aurora, and false for Aurora. */
  get isTooOld(): boolean {
    return this.majorVersion !== undefined && this.majorVersion < oldestMajorVersion && this.#isAurora === false;
  }

  /** Whether it has the real extension. */
  async isAurora(connection: ServerConnection): Promise<boolean> {
    this.#isAurora ??= await withoutStatementTimeout(connection, async () => {
      const [answer, version] = await Promise.all([hasNativeExtension(connection), readMajorVersion(connection)]);
      await connection.sync();
      this.majorVersion = version;
      return answer;
    });
    return this.#isAurora ?? false;
  }
}
