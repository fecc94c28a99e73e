import { BoundedCache } from '../memory/bounded-cache.js';
import { StatementHeads } from './statement-head.js';

/** Names that always concern us: the ML functions and their schemas, the extension, Aurora's parameter, statistics. */
const ALWAYS =
  /aws_(?:comprehend|sagemaker|bedrock|ml|commons|s3)\b|query_export_to_s3|table_import_from_s3|detect_sentiment|invoke_(?:endpoint|model)|apg_enable_function_migration|explain_model|s[tv]v_ml_model_|pg_stat_(?:user_functions|reset(?:_single_function_counters)?\b)/i;

/** Statements that run what another text says: a prepared statement, the query of a materialized view, a cursor's. */
const runsOtherText = new StatementHeads('execute', 'refresh', 'fetch', 'move');

/** Such as may hold an EXECUTE: CREATE TABLE … AS EXECUTE. */
const mayHoldExecute = new StatementHeads('create', 'explain');

const EXECUTE = /\bexecute\b/i;

/** Statements of models, by their first words: what follows is read where PostgreSQL's grammar has refused the text. */
const ofModels = new StatementHeads(
  'create model',
  'create external',
  'create or',
  'explain',
  'show model',
  'drop model',
  'grant',
  'revoke',
);

const MODEL = /\bmodel\b/i;

/**
 * What can reach an ML function without naming one: a call, a relation (it may be a view), a type (it may be a domain), an
 * operator, a statement that runs others.
 */
const MAY_REACH =
  /\(|::|[~!@#^&|`?]|[-+*/%<>=]{2}|\b(?:from|join|into|update|table|call|execute|refresh|merge|copy|declare|do|vacuum|analyze|reindex|cluster)\b/i;

/** A quoted name in which characters may be written by their codes. */
const SPELLED_IN_CODES = /\bu&"/i;

/** What may be remembered of texts, in bytes. */
const KNOWN_BYTES = 2 * 1024 * 1024;

/**
 * Tells by the text alone whether a statement can concern us. It errs only towards concern, and looks each text up in a
 * cache before anything else.
 */
export class Recogniser {
  #names: RegExp | undefined;
  readonly #known = new BoundedCache<boolean>(KNOWN_BYTES);
  readonly #reached = new BoundedCache<true>(KNOWN_BYTES);

  /**
   * @param names the bare names of everything through which an ML function can be called
   * @param operators the symbols of operators that call one
   */
  learn(names: ReadonlySet<string>, operators: ReadonlySet<string> = new Set()): void {
    // Within a quoted name, a quote is written twice.
    const words = [...names].map((n) => escaped(n.replaceAll('"', '""'))).join('|');
    const whole = `(?<![a-z0-9_$\\u0080-\\uffff])(?:${words || '(?!)'})(?![a-z0-9_$\\u0080-\\uffff])`;
    this.#names = new RegExp([whole, ...[...operators].map(escaped)].join('|'), 'i');
    this.#known.clear();
  }

  /** Until the names of the database are known, every statement that may reach an ML function concerns us. */
  forget(): void {
    this.#names = undefined;
    this.#known.clear();
    this.#reached.clear();
  }

  /** The text has reached an ML function, though no name in it may tell: it concerns us until `forget`. */
  remember(text: string): void {
    this.#reached.set(text, true);
    this.#known.delete(text);
  }

  /** Whether the text was remembered, and no name in it tells. */
  reachesUnnamed(text: string): boolean {
    return this.#reached.has(text) && !this.#names?.test(text);
  }

  /** Whether only the names of the database could tell, and they aren't known. */
  isUnsure(text: string): boolean {
    if (this.#names !== undefined || this.#reached.has(text)) return false;
    return !ALWAYS.test(text) && !runsOther(text) && !concernsModels(text) && !SPELLED_IN_CODES.test(text);
  }

  concerns(text: string): boolean {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const names = SPELLED_IN_CODES.test(text) ? MAY_REACH : (this.#names ?? MAY_REACH);
    const named = ALWAYS.test(text) || runsOther(text) || concernsModels(text) || names.test(text);
    const concerns = named || this.#reached.has(text);
    this.#known.set(text, concerns);
    return concerns;
  }
}

/** Whether a text may hold a statement of models, such as CREATE MODEL. */
export const concernsModels = (text: string): boolean => MODEL.test(text) && ofModels.mayBegin(text);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const runsOther = (text: string): boolean =>
  runsOtherText.mayBegin(text) || (mayHoldExecute.mayBegin(text) && EXECUTE.test(text));
