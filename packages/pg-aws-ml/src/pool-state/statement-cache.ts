import { type ParsedStatement, type Plan, parseStatements } from 'pg-rewriter';
import type { StatementDescription } from '../server/server-connection.js';

/** What is remembered of a statement that was planned. */
export interface PlannedStatement {
  readonly plan: Plan;
  /** How the server described it the last time it ran. */
  description: StatementDescription | undefined;
}

const CAPACITY = 1000;
/** Longer texts are rarely sent twice. */
const MAX_TEXT = 20_000;

/** Parse trees and plans by text, shared by the connections of a pool. */
export class StatementCache {
  readonly #parsed = new Lru<readonly ParsedStatement[]>();
  readonly #planned = new Lru<PlannedStatement>();
  #version: number | undefined;

  /** The statements of a text; none where PostgreSQL's grammar refuses it. */
  parse(text: string): readonly ParsedStatement[] {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const parsed = tryParse(text);
    if (text.length <= MAX_TEXT) this.#parsed.set(text, parsed);
    return parsed;
  }

  /** @param version of the catalog; plans of another one are forgotten */
  planned(key: string, version: number): PlannedStatement | undefined {
    if (this.#version !== version) this.#planned.clear();
    this.#version = version;
    return this.#planned.get(key);
  }

  remember(key: string, version: number, planned: PlannedStatement): void {
    if (this.#version === version && key.length <= MAX_TEXT) this.#planned.set(key, planned);
  }
}

function tryParse(text: string): readonly ParsedStatement[] {
  try {
    return parseStatements(text);
  } catch {
    return [];
  }
}

/** Forgets what was not asked for the longest time. */
class Lru<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= CAPACITY) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  clear(): void {
    this.#entries.clear();
  }
}
