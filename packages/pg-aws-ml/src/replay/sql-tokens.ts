import { tokensOf } from 'pg-rewriter';

/** What a text of SQL or PL/pgSQL says, by PostgreSQL's own lexer, without a grammar: it is read as any number of statements. */
export interface SqlMentions {
  /** Names in front of a parenthesis, without their schema, as the server folds them. */
  readonly calls: ReadonlySet<string>;
  /** Names of what is written to, without their schema. */
  readonly targets: ReadonlySet<string>;
  /** Names that stand alone as a word, such as those of commands. */
  readonly words: ReadonlySet<string>;
  /** Whether a COPY writes a file of the server or runs a program: to read a file leaves nothing behind. */
  readonly copiesOnServer: boolean;
}

/** Of strings in strings. */
const MAX_DEPTH = 4;

const WRITES = new Set(['insert', 'update', 'delete', 'merge', 'copy']);
const BETWEEN = new Set(['into', 'from', 'only', '(']);

/** @returns undefined where the text is not made of PostgreSQL's tokens, as in other languages */
export function sqlMentions(text: string): SqlMentions | undefined {
  const found = {
    calls: new Set<string>(),
    targets: new Set<string>(),
    words: new Set<string>(),
    copiesOnServer: false,
  };
  return collect(text, found) ? found : undefined;
}

type Found = { calls: Set<string>; targets: Set<string>; words: Set<string>; copiesOnServer: boolean };

function collect(text: string, found: Found, depth = 0): boolean {
  const tokens = wordsOf(text);
  if (tokens === undefined) return false;
  let copying = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    if (token === ';') copying = false;
    // Text that is put together and run: what is in its pieces counts as well. What is no SQL there counts for nothing.
    if (isString(token)) {
      if (copying) found.copiesOnServer ||= ['to', 'program'].includes(tokens[i - 1] ?? '');
      const inner = unquotedString(token);
      // Deeper ones are not looked into, and so may do anything.
      if (depth < MAX_DEPTH) collect(inner, found, depth + 1);
      else if (/['$]/.test(inner)) found.copiesOnServer = true;
      continue;
    }
    const name = nameOf(token);
    if (name === undefined) continue;
    found.words.add(name);
    if (tokens[i + 1] === '(') found.calls.add(name);
    if (!WRITES.has(token)) continue;
    if (token === 'copy') copying = true;
    found.targets.add(targetAfter(tokens, i + 1));
  }
  return true;
}

/** Without comments, unquoted words in lower case; undefined where the lexer refuses the text. */
function wordsOf(text: string): string[] | undefined {
  try {
    return tokensOf(text).map((token) =>
      /^[a-z_\u0080-\uffff]/i.test(token.text) && !/['"]/.test(token.text) ? lower(token.text) : token.text,
    );
  } catch {
    return undefined;
  }
}

/** Only ASCII: as far as all encodings agree. */
const lower = (word: string): string => word.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const isString = (token: string): boolean =>
  /^(?:[a-z]?&?'|\$)/i.test(token) && token.length > 1 && !/^\$\d/.test(token);

function unquotedString(token: string): string {
  const dollar = /^\$[^$]*\$/.exec(token)?.[0];
  if (dollar !== undefined) return token.slice(dollar.length, -dollar.length);
  return token.slice(token.indexOf("'") + 1, -1).replaceAll("''", "'");
}

/** Undefined for what is no name. A name written in codes is taken as it stands. */
function nameOf(token: string): string | undefined {
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll('""', '"');
  return /^[a-z_\u0080-\uffff]/i.test(token) ? token : undefined;
}

/** The last part of the name that follows. */
function targetAfter(tokens: readonly string[], start: number): string {
  let at = start;
  while (BETWEEN.has(tokens[at] ?? '')) at += 1;
  while (tokens[at + 1] === '.') at += 2;
  return nameOf(tokens[at] ?? '') ?? '';
}
