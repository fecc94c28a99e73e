import { type ParsedStatement, type Plan, parseStatements } from 'pg-rewriter';
import { BoundedCache } from '../memory/bounded-cache.js';
import type { StatementDescription } from '../server/server-connection.js';

/** What is remembered of a statement that was planned. */
export interface PlannedStatement {
  readonly plan: Plan;
  /** How the server described it the last time it ran. */
  description: StatementDescription | undefined;
}

/** What parse trees may take, and plans, in bytes. */
const MAX_BYTES = 24 * 1024 * 1024;
/** Longer texts are rarely sent twice. */
const MAX_TEXT = 20_000;

/** Parse trees and plans by text, shared by the connections of a pool. */
export class StatementCache {
  readonly #parsed = new BoundedCache<readonly ParsedStatement[]>(MAX_BYTES);
  readonly #planned = new BoundedCache<PlannedStatement>(MAX_BYTES);
  readonly #asServerReads: (text: string) => string;
  #version: number | undefined;

  /** @param asServerReads writes a text such that our grammar reads it as the server does */
  constructor(asServerReads: (text: string) => string = (text) => text) {
    this.#asServerReads = asServerReads;
  }

  /** The statements of a text; none where PostgreSQL's grammar refuses it. */
  parse(text: string): readonly ParsedStatement[] {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const parsed = tryParse(this.#asServerReads(text));
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
