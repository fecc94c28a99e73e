/** Names that always concern us: the ML functions and their schemas, the extension, Aurora's parameter, statistics. */
const ALWAYS =
  /aws_(?:comprehend|sagemaker|bedrock|ml|commons)\b|detect_sentiment|invoke_(?:endpoint|model)|apg_enable_function_migration|pg_stat_(?:user_functions|reset(?:_single_function_counters)?\b)/i;

/** Statements that run what another text says: a prepared statement, the query of a materialized view. */
const RUNS_OTHER_TEXT =
  /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:execute|refresh|fetch|move|(?:create|explain)\b[\s\S]*\bexecute)\b/i;

/** What can reach an ML function without naming one: a call, a relation (it may be a view), a statement that runs others. */
const MAY_REACH = /\(|\b(?:from|join|into|update|table|call|execute|refresh|merge|copy|declare|do)\b/i;

/** A quoted name in which characters may be written by their codes. */
const SPELLED_IN_CODES = /\bu&"/i;

const CACHE_SIZE = 2000;

/**
 * Tells by the text alone whether a statement can concern us. It errs only towards concern, and looks each text up in a
 * cache before anything else.
 */
export class Recogniser {
  #names: RegExp | undefined;
  #known = new Map<string, boolean>();
  readonly #reached = new Set<string>();

  /** @param names the bare names of everything through which an ML function can be called */
  learn(names: ReadonlySet<string>): void {
    // Within a quoted name, a quote is written twice.
    const pattern = [...names].map((n) => n.replaceAll('"', '""').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    this.#names = new RegExp(
      `(?<![a-z0-9_$\\u0080-\\uffff])(?:${pattern || '(?!)'})(?![a-z0-9_$\\u0080-\\uffff])`,
      'i',
    );
    this.#known.clear();
    // What the names tell needs no remembering.
    for (const text of this.#reached) if (this.#names.test(text)) this.#reached.delete(text);
  }

  /** Until the names of the database are known, every statement that may reach an ML function concerns us. */
  forget(): void {
    this.#names = undefined;
    this.#known.clear();
    this.#reached.clear();
  }

  /** The text has reached an ML function, though no name in it may tell: it concerns us until `forget`. */
  remember(text: string): void {
    if (this.#reached.size >= CACHE_SIZE) this.#reached.clear();
    this.#reached.add(text);
    this.#known.delete(text);
  }

  /** Whether the text was remembered, and no name in it tells. */
  reachesUnnamed(text: string): boolean {
    return this.#reached.has(text);
  }

  concerns(text: string): boolean {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const names = SPELLED_IN_CODES.test(text) ? MAY_REACH : (this.#names ?? MAY_REACH);
    const named = ALWAYS.test(text) || RUNS_OTHER_TEXT.test(text) || names.test(text);
    const concerns = named || this.#reached.has(text);
    if (this.#known.size >= CACHE_SIZE) this.#known.clear();
    this.#known.set(text, concerns);
    return concerns;
  }
}
