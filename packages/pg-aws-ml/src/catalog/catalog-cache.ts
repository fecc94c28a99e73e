import { relationKey } from 'pg-rewriter';
import { retainedBytes } from '../memory/retained-bytes.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { LoadedFacts, LoadedFunction, LoadedRelation, MlReach, SessionFacts } from './facts.js';
import { loadFunctions } from './function-facts.js';
import { loadMlReach } from './ml-reach.js';
import { loadRelations, type RelationName } from './relation-facts.js';
import { loadTransferNames } from './transfer-reach.js';

/** What the planner wants to know; has the shape of pg-rewriter's MissingFacts. */
export interface WantedFacts {
  readonly functions: readonly string[];
  readonly relations: readonly RelationName[];
}

interface Group {
  readonly functions: Map<string, LoadedFunction[]>;
  readonly relations: Map<string, LoadedRelation | null>;
}

/** What facts may take, those of names that don't exist included. */
const MAX_BYTES = 48 * 1024 * 1024;
/** What a role's search path takes. */
const GROUP_BYTES = 1000;

/**
 * The catalog facts of one database, shared by the connections of a pool.
 *
 * They are kept by role and search path, because names of types, visibility and rights depend on them. What other
 * sessions don't see stays apart: with temporary objects, a session's facts are kept with its SessionFacts alone; in a
 * transaction that has run DDL, use a cache of its own.
 */
export class CatalogCache {
  private reach: Promise<MlReach> | undefined;
  private transfers: Promise<ReadonlySet<string>> | undefined;
  private readonly shared = new Map<string, Group>();
  private sharedBytes = 0;
  private ofSession = new WeakMap<SessionFacts, Group>();
  private current = 0;
  private seenOnServer: string | undefined;

  /** @param asServerReads writes a text such that our grammar reads it as the server does */
  constructor(private readonly asServerReads: (text: string) => string = (text) => text) {}

  /** Grows whenever facts may have changed: plans made under another version are stale. */
  get version(): number {
    return this.current;
  }

  /** Drops all facts, because a DDL statement went through the pool. */
  invalidate(): void {
    this.current += 1;
    this.reach = undefined;
    this.transfers = undefined;
    this.forgetShared();
    this.ofSession = new WeakMap();
  }

  private forgetShared(): void {
    this.shared.clear();
    this.sharedBytes = 0;
  }

  /** Takes the version that the server has now, and drops the facts if somebody else has changed the catalog. */
  see(version: string): void {
    if (this.seenOnServer !== undefined && this.seenOnServer !== version) this.invalidate();
    this.seenOnServer = version;
  }

  /** Everything from which an ML function may be called. */
  async mlReach(connection: ServerConnection): Promise<MlReach> {
    // Another connection's failure is its own.
    const known = await this.reach?.catch(() => undefined);
    if (known !== undefined) return known;
    const reach = loadMlReach(connection);
    this.reach = reach;
    reach.catch(() => {
      if (this.reach === reach) this.reach = undefined;
    });
    return reach;
  }

  /** The names of everything through which data may be moved to S3 or from it. */
  async transferNames(connection: ServerConnection): Promise<ReadonlySet<string>> {
    const known = await this.transfers?.catch(() => undefined);
    if (known !== undefined) return known;
    const names = loadTransferNames(connection);
    this.transfers = names;
    names.catch(() => {
      if (this.transfers === names) this.transfers = undefined;
    });
    return names;
  }

  /** The facts for a session, with those wanted among them. */
  async facts(connection: ServerConnection, session: SessionFacts, wanted: WantedFacts): Promise<LoadedFacts> {
    const version = this.current;
    if (this.sharedBytes > MAX_BYTES) this.forgetShared();
    const group = this.groupOf(session);
    const functions = wanted.functions.filter((name) => !group.functions.has(name));
    const relations = wanted.relations.filter(({ schema, name }) => !group.relations.has(relationKey(schema, name)));
    const reach = await this.mlReach(connection);
    const [moreFunctions, moreRelations] = await Promise.all([
      functions.length > 0 ? loadFunctions(connection, functions, reach, session, this.asServerReads) : [],
      relations.length > 0 ? loadRelations(connection, relations, reach, session, this.asServerReads) : [],
    ]);
    this.sharedBytes += retainedBytes([moreFunctions, moreRelations]);
    for (const [name, overloads] of moreFunctions) group.functions.set(name, overloads);
    for (const [key, relation] of moreRelations) group.relations.set(key, relation);
    if (version !== this.current) return this.facts(connection, session, wanted);
    return { searchPath: session.searchPath, functions: group.functions, relations: group.relations };
  }

  private groupOf(session: SessionFacts): Group {
    const key = JSON.stringify([session.role, session.searchPath]);
    const known = session.hasTemporaryObjects ? this.ofSession.get(session) : this.shared.get(key);
    const group = known ?? { functions: new Map(), relations: new Map() };
    if (session.hasTemporaryObjects) this.ofSession.set(session, group);
    else if (known === undefined) {
      this.shared.set(key, group);
      this.sharedBytes += GROUP_BYTES + 2 * key.length;
    }
    return group;
  }
}
