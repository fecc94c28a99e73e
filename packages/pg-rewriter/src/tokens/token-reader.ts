import { knownWords } from './nearest.js';
import { type StatementError, syntaxError } from './syntax-error.js';
import { type TextToken, Tokenizer } from './token.js';

/** A name as it is written, with the place where it stands. */
export interface ObjectName {
  /** Undefined where the name is not qualified. */
  readonly schema: string | undefined;
  readonly name: string;
  /** In characters of the text, from 1. */
  readonly position: number;
}

/** A part of a text, as it is written. */
export interface TextPart {
  readonly text: string;
  /** Characters of the whole text before it. */
  readonly start: number;
}

/** Reads a statement token by token: what a recursive descent asks for. */
export class TokenReader {
  readonly text: string;
  readonly #tokenizer: Tokenizer;
  readonly #tokens: TextToken[] = [];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokenizer = new Tokenizer(text);
  }

  /** A token that is not yet taken: the next, or one behind it. */
  peek(ahead = 0): TextToken {
    while (this.#tokens.length <= this.#at + ahead) {
      const last = this.#tokens.at(-1);
      if (last?.kind === 'end') return last;
      this.#tokens.push(this.#tokenizer.next());
    }
    return this.#tokens[this.#at + ahead] as TextToken;
  }

  take(): TextToken {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Whether the next tokens are these unquoted words, in lower case. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, i) => this.peek(i).kind === 'word' && this.peek(i).value === word);
  }

  /** Takes words where they come next. */
  accept(...words: readonly string[]): boolean {
    const seen = this.sees(...words);
    if (seen) this.#at += words.length;
    return seen;
  }

  seesSymbol(symbol: string, ahead = 0): boolean {
    return this.peek(ahead).kind === 'symbol' && this.peek(ahead).value === symbol;
  }

  acceptSymbol(symbol: string): boolean {
    const seen = this.seesSymbol(symbol);
    if (seen) this.#at += 1;
    return seen;
  }

  expect(word: string, hint?: string): void {
    if (!this.accept(word)) throw this.unexpected(hint ?? `Expected ${word.toUpperCase()}.`);
  }

  expectSymbol(symbol: string, hint?: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected(hint ?? `Expected "${symbol}".`);
  }

  /** One of some words, in lower case. */
  oneOf<const Words extends readonly string[]>(words: Words): Words[number] {
    const token = this.peek();
    if (token.kind === 'word' && words.includes(token.value)) return this.take().value;
    throw this.unexpected(
      knownWords(
        token.value,
        words.map((word) => word.toUpperCase()),
      ),
    );
  }

  /** Words are folded, as PostgreSQL folds them. */
  identifier(what: string): string {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'name') throw this.unexpected(`Expected ${what}.`);
    return this.take().value;
  }

  objectName(what: string): ObjectName {
    const { position } = this.peek();
    const first = this.identifier(what);
    if (!this.acceptSymbol('.')) return { schema: undefined, name: first, position };
    return { schema: first, name: this.identifier(what), position };
  }

  string(what: string): string {
    if (this.peek().kind !== 'string') throw this.unexpected(`Expected ${what} in single quotes.`);
    return this.take().value;
  }

  /** What stands between parentheses, as it is written; the opening one comes next. */
  parenthesised(hint: string): TextPart {
    const opening = this.peek();
    this.expectSymbol('(', hint);
    let depth = 1;
    for (;;) {
      const token = this.take();
      if (token.kind === 'end') throw syntaxError('syntax error at end of input', token.position, 'Expected ")".');
      if (token.kind !== 'symbol') continue;
      if (token.value === '(') depth += 1;
      else if (token.value === ')') depth -= 1;
      if (depth > 0) continue;
      return { text: this.text.slice(opening.end, token.start), start: opening.position };
    }
  }

  /** Items between commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptSymbol(',')) items.push(item());
    return items;
  }

  /** Nothing may follow but semicolons. */
  expectEnd(hint?: string): void {
    while (this.acceptSymbol(';'));
    if (this.peek().kind !== 'end') throw this.unexpected(hint);
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end' || this.seesSymbol(';');
  }

  /** The error for the next token. Strings may hold anything, and are not shown. */
  unexpected(hint?: string): StatementError {
    const token = this.peek();
    if (token.kind === 'end') return syntaxError('syntax error at end of input', token.position, hint);
    const shown = token.kind === 'string' ? "'…'" : this.text.slice(token.start, token.end);
    return syntaxError(`syntax error at or near "${shown}"`, token.position, hint);
  }
}
