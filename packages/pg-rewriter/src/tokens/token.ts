import { decodeEscapes, decodeUnicode } from './string-escapes.js';
import { syntaxError } from './syntax-error.js';

export type TokenKind = 'word' | 'name' | 'string' | 'number' | 'parameter' | 'symbol' | 'end';

/** A token by PostgreSQL's lexical rules, as far as statements that its grammar doesn't know need them. */
export interface TextToken {
  /** An unquoted word, a quoted name, a string of any spelling, a number, `$1`, one character of anything else. */
  readonly kind: TokenKind;
  /** Words in lower case, names and strings as they are meant, all else as it is written. */
  readonly value: string;
  /** UTF-16 units of the text before it, and up to its end. */
  readonly start: number;
  readonly end: number;
  /** In characters from 1, as PostgreSQL counts them. */
  readonly position: number;
}

/** Names are cut at so many bytes, as the server cuts them. */
const LONGEST_NAME = 63;

const BLANK = /[ \t\n\v\f\r]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const SURROGATE = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Reads the tokens of a text from left to right, when they are asked for: each character once. */
export class Tokenizer {
  readonly #text: string;
  #at = 0;
  /** Characters up to `#counted`, less those units: what is taken off for pairs of surrogates. */
  #pairs = 0;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws StatementError where the text is not made of tokens */
  next(): TextToken {
    this.#skipSpace();
    const start = this.#at;
    const position = this.#positionOf(start);
    const token = (kind: TokenKind, value: string): TextToken => ({ kind, value, start, end: this.#at, position });
    if (start >= this.#text.length) return token('end', '');
    const word = this.#match(WORD);
    if (word !== undefined) return this.#prefixed(word, token) ?? token('word', cut(lowerAscii(word)));
    const first = this.#text[start];
    if (first === "'") return token('string', this.#string(position));
    if (first === '"') return token('name', cut(this.#quotedName(position)));
    if (first === '$') {
      const parameter = this.#match(PARAMETER);
      if (parameter !== undefined) return token('parameter', parameter);
      const quote = this.#match(DOLLAR_QUOTE);
      if (quote !== undefined) return token('string', this.#dollarQuoted(quote, position));
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return token('number', number);
    this.#at += this.#text.codePointAt(start)! > 0xffff ? 2 : 1;
    return token('symbol', this.#text.slice(start, this.#at));
  }

  /** E'', U&'', U&"", B'', X'', N'': the word is part of what follows. */
  #prefixed(word: string, token: (kind: TokenKind, value: string) => TextToken): TextToken | undefined {
    const position = this.#positionOf(this.#at - word.length);
    const next = this.#text[this.#at];
    if (word.length !== 1) return undefined;
    const letter = word.toLowerCase();
    if (letter === 'u' && next === '&' && /['"]/.test(this.#text[this.#at + 1] ?? '')) {
      this.#at += 1;
      const isName = this.#text[this.#at] === '"';
      const written = isName ? this.#quotedName(position) : this.#string(position);
      const value = decodeUnicode(written, this.#unicodeEscape(), position);
      return token(isName ? 'name' : 'string', isName ? cut(value) : value);
    }
    if (next !== "'" || !/[ebxn]/.test(letter)) return undefined;
    if (letter === 'e') return token('string', decodeEscapes(this.#string(position, true), position));
    return token('string', this.#string(position));
  }

  /** The character of UESCAPE, which may follow. */
  #unicodeEscape(): string {
    const back = this.#at;
    this.#skipSpace();
    const word = this.#match(WORD);
    if (word?.toLowerCase() === 'uescape') {
      this.#skipSpace();
      const position = this.#positionOf(this.#at);
      const mark = this.#text[this.#at] === "'" ? this.#string(position) : '';
      if (mark.length === 1 && !/[\dA-Fa-f+'"\s]/.test(mark)) return mark;
      throw syntaxError('invalid Unicode escape character', position);
    }
    this.#at = back;
    return '\\';
  }

  /** Between quotes, a doubled one stands for one. Strings with nothing but a line's end between them are one. */
  #string(position: number, escapes = false): string {
    let value = '';
    for (;;) {
      value += this.#quoted("'", escapes, 'unterminated quoted string', position);
      const back = this.#at;
      const blank = this.#match(BLANK) ?? '';
      if (!/[\n\r]/.test(blank) || this.#text[this.#at] !== "'") {
        this.#at = back;
        return value;
      }
    }
  }

  #quotedName(position: number): string {
    const name = this.#quoted('"', false, 'unterminated quoted identifier', position);
    if (name === '') throw syntaxError('zero-length delimited identifier', position);
    return name;
  }

  #quoted(quote: string, escapes: boolean, unterminated: string, position: number): string {
    let from = this.#at + 1;
    let value = '';
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at];
      // What is escaped is decoded later; here, it ends nothing.
      if (escapes && character === '\\') at += 1;
      if (character !== quote) continue;
      if (this.#text[at + 1] !== quote) {
        this.#at = at + 1;
        return value + this.#text.slice(from, at);
      }
      value += this.#text.slice(from, at + 1);
      at += 1;
      from = at + 1;
    }
    throw syntaxError(unterminated, position);
  }

  #dollarQuoted(quote: string, position: number): string {
    const end = this.#text.indexOf(quote, this.#at);
    if (end < 0) throw syntaxError('unterminated dollar-quoted string', position);
    const value = this.#text.slice(this.#at, end);
    this.#at = end + quote.length;
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      if (this.#match(BLANK) !== undefined) continue;
      if (this.#text.startsWith('--', this.#at)) this.#match(/[^\n\r]*/y);
      else if (this.#text.startsWith('/*', this.#at)) this.#skipComment();
      else return;
    }
  }

  /** Comments nest. */
  #skipComment(): void {
    const start = this.#at;
    const mark = /\/\*|\*\//g;
    mark.lastIndex = start;
    let depth = 0;
    do {
      const found = mark.exec(this.#text)?.[0];
      if (found === undefined) throw syntaxError('unterminated /* comment', this.#positionOf(start));
      depth += found === '/*' ? 1 : -1;
    } while (depth > 0);
    this.#at = mark.lastIndex;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Only ever asked of places further on, but for one token. */
  #positionOf(at: number): number {
    if (at > this.#counted) {
      this.#pairs += this.#text.slice(this.#counted, at).match(SURROGATE)?.length ?? 0;
      this.#counted = at;
    }
    return at - this.#pairs + 1;
  }
}

/** Only ASCII: as far as all encodings agree. */
const lowerAscii = (word: string): string => word.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** At the end of a character. */
function cut(name: string): string {
  if (name.length * 3 <= LONGEST_NAME || Buffer.byteLength(name) <= LONGEST_NAME) return name;
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_NAME) break;
    kept += character;
  }
  return kept;
}
