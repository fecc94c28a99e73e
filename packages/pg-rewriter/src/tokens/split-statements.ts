import { StatementError } from './syntax-error.js';
import { type TextToken, Tokenizer } from './token.js';
import type { TextPart } from './token-reader.js';

/**
 * The statements of a text between its semicolons, without empty ones: as a grammar would cut them, for texts that
 * PostgreSQL's grammar refuses. Semicolons in parentheses, and in the body of BEGIN ATOMIC, end nothing.
 *
 * @returns undefined where the text isn't made of PostgreSQL's tokens
 */
export function splitStatements(text: string): TextPart[] | undefined {
  const tokenizer = new Tokenizer(text);
  const parts: TextPart[] = [];
  let first: TextToken | undefined;
  let last: TextToken | undefined;
  let nesting = new Nesting();
  try {
    for (let token = tokenizer.next(); ; token = tokenizer.next()) {
      const ends = token.kind === 'end' || (token.kind === 'symbol' && token.value === ';' && !nesting.isInside);
      if (!ends) {
        first ??= token;
        last = token;
        nesting.add(token);
        continue;
      }
      if (first !== undefined) {
        parts.push({ text: text.slice(first.start, last?.end), start: first.position - 1 });
      }
      if (token.kind === 'end') return parts;
      first = undefined;
      nesting = new Nesting();
    }
  } catch (error) {
    if (error instanceof StatementError) return undefined;
    throw error;
  }
}

const ROUTINES: ReadonlySet<string> = new Set(['function', 'procedure']);

/** Where a semicolon ends no statement, by psql's rules. */
class Nesting {
  #parentheses = 0;
  #blocks = 0;
  /** CREATE and, with OR REPLACE, three words further on what is created. */
  #words: string[] = [];

  get isInside(): boolean {
    return this.#parentheses > 0 || this.#blocks > 0;
  }

  add({ kind, value }: TextToken): void {
    if (kind === 'symbol') {
      if (value === '(') this.#parentheses += 1;
      else if (value === ')') this.#parentheses = Math.max(0, this.#parentheses - 1);
    }
    if (kind !== 'word' || this.#parentheses > 0) return;
    if (this.#words.length < 4) this.#words.push(value);
    if (value === 'begin' && this.#createsRoutine) this.#blocks += 1;
    else if (value === 'case' && this.#blocks > 0) this.#blocks += 1;
    else if (value === 'end' && this.#blocks > 0) this.#blocks -= 1;
  }

  get #createsRoutine(): boolean {
    const [create, what = '', , replaced = ''] = this.#words;
    return create === 'create' && (ROUTINES.has(what) || (what === 'or' && ROUTINES.has(replaced)));
  }
}
