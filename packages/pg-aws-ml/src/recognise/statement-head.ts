/**
 * How a statement begins: its first words, behind blanks, comments, empty statements and opening parentheses. Read as
 * PostgreSQL's lexer reads them, in one pass. For what must be known before there is a parse tree, or a parser.
 */
export interface StatementHead {
  /** In lower case, as many as were asked for unless something else than a word comes. */
  readonly words: readonly string[];
  /** Where the last of them ends. */
  readonly end: number;
}

/** The head of the first statement of a text, or of what begins at a position. */
export function statementHead(text: string, count = 2, from = 0): StatementHead {
  const words: string[] = [];
  let at = skipEmpty(text, from);
  while (words.length < count) {
    const end = endOfWord(text, at);
    if (end === at) break;
    words.push(text.slice(at, end).toLowerCase());
    at = words.length < count ? skipSpace(text, end) : end;
  }
  return { words, end: at };
}

/** Whether an opening parenthesis follows, behind blanks and comments. */
export const opensParenthesis = (text: string, at: number): boolean => text[skipSpace(text, at)] === '(';

/** Heads of statements, such as `commit` or `set constraints`, to be looked for in texts. */
export class StatementHeads {
  readonly #heads: readonly (readonly string[])[];
  readonly #longest: number;
  readonly #firstWord: RegExp;

  /** @param heads words in lower case, with one blank between them */
  constructor(...heads: readonly string[]) {
    this.#heads = heads.map((head) => head.split(' '));
    this.#longest = Math.max(...this.#heads.map((head) => head.length));
    this.#firstWord = new RegExp(`\\b(?:${[...new Set(this.#heads.map(([first]) => first))].join('|')})\\b`, 'i');
  }

  /** Whether the text, known to be one statement, begins so. */
  begins(text: string): boolean {
    return this.#fits(statementHead(text, this.#longest).words);
  }

  /**
   * Whether a statement of the text may begin so. Only the first is read: behind a semicolon, which may end it or lie
   * within quotes, every word may be the beginning of another.
   */
  mayBegin(text: string): boolean {
    const { words, end } = statementHead(text, this.#longest);
    if (this.#fits(words)) return true;
    const semicolon = text.indexOf(';', end);
    return semicolon >= 0 && this.#firstWord.test(text.slice(semicolon));
  }

  #fits(words: readonly string[]): boolean {
    return this.#heads.some((head) => head.every((word, i) => words[i] === word));
  }
}

/** Skips blanks and comments. */
export function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    if (isBlank(text.charCodeAt(at))) at += 1;
    else if (text.startsWith('--', at)) at = endOfLine(text, at);
    else if (text.startsWith('/*', at)) at = endOfComment(text, at);
    else return at;
  }
}

/** Skips empty statements and opening parentheses, too. */
function skipEmpty(text: string, start: number): number {
  let at = skipSpace(text, start);
  while (text[at] === ';' || text[at] === '(') at = skipSpace(text, at + 1);
  return at;
}

/** Blank, tab, line feed, vertical tab, form feed, carriage return. */
const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Comments end at a carriage return as well. */
function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** Comments nest. One without an end reaches to the end of the text. */
function endOfComment(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    if (text.startsWith('/*', at)) depth += 1;
    else if (text.startsWith('*/', at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
  } while (depth > 0 && at < text.length);
  return Math.min(at, text.length);
}

/** The position itself where no word begins there. */
function endOfWord(text: string, start: number): number {
  let at = start;
  while (isWordCharacter(text.charCodeAt(at), at > start)) at += 1;
  return at;
}

/** Every character beyond ASCII is a letter. Digits and `$` do not begin a word. */
function isWordCharacter(code: number, inside: boolean): boolean {
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code >= 0x80) return true;
  return inside && ((code >= 0x30 && code <= 0x39) || code === 0x24);
}
