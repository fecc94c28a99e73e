import { builtInFunctions, builtInTypes, keywordsBeforeParenthesis } from './built-in-names.js';

/**
 * What may happen where a statement runs without anybody's having looked up which names reach ML functions:
 * - `none`: it calls PostgreSQL's own functions and reads no relation;
 * - `read`: it reads relations, among which may be views; should it reach an ML function, it can run again as if nothing
 *   had happened;
 * - `any`: it writes, or calls functions of users.
 */
export type ExpectedReach = 'none' | 'read' | 'any';

/** Longer texts aren't worth it. */
const MOST_CHARACTERS = 20_000;

/** One token, by what follows here; nothing in it can be matched in two ways. */
const TOKEN =
  /\s+|--[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*))*\*\/|'(?:[^'\\]|'')*'|"(?:[^"]|"")*"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\d.]+|\$\d+|::|[-+*/%<>=!|]+|[(),;[\]:.]/iy;
const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '<', '>', '=', '<>', '!=', '<=', '>=', '||']);
const READING: ReadonlySet<string> = new Set(['select', 'values', 'table', 'with', 'show']);
const WRITING: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge', 'into', 'call', 'execute']);
const MAKES_TABLE = /^create (?:(?:global|local|temp|temporary|unlogged) )*table /;

/**
 * Judges a text by its words, for the time in which nobody knows the names of the database. A mistake costs time, not
 * truth: the server refuses ML calls of statements that aren't ours, and `NativeWatch` sees it.
 */
export function expectedReach(text: string): ExpectedReach {
  const tokens = text.length > MOST_CHARACTERS ? undefined : tokensOf(text);
  const head = tokens?.find((token) => token !== '(') ?? '';
  // A script may do anything.
  if (tokens === undefined || tokens.slice(0, -1).includes(';')) return 'any';
  if (head === 'drop' || makesTable(tokens)) return 'none';
  if (!READING.has(head) || tokens.some((token) => WRITING.has(token))) return 'any';
  if (tokens.some((_, i) => tokens[i + 1] === '(' && !callsNothingOfUsers(tokens, i))) return 'any';
  const casts = tokens.includes('cast');
  const reads = head === 'table' || tokens.some((_, i) => readsRelation(tokens, i) || isUnknown(tokens, i, casts));
  return reads || listsSources(tokens) ? 'read' : 'none';
}

/** Undefined where it isn't clear what belongs together. Words are in lower case; quoted names and texts keep a quote. */
function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return undefined;
    if (/^(?:\s|--|\/\*)/.test(token)) continue;
    // What a prefix such as E or U& makes of a text.
    if (/^['"]/.test(token) && /[\w&]/.test(text[TOKEN.lastIndex - token.length - 1] ?? '')) return undefined;
    tokens.push(/^['"]/.test(token) ? token : token.toLowerCase());
  }
  return tokens;
}

const makesTable = (tokens: readonly string[]): boolean =>
  MAKES_TABLE.test(tokens.slice(0, 5).join(' ')) &&
  !tokens.some((t) => t === 'as' || t === 'select' || t === 'execute');

const isName = (token: string | undefined): boolean => token !== undefined && /^["a-z_\u0080-\uffff]/.test(token);

/** Whether what stands before a parenthesis is a keyword, a function or a type of PostgreSQL. */
function callsNothingOfUsers(tokens: readonly string[], i: number): boolean {
  const token = tokens[i]!;
  if (!isName(token)) return true;
  if (tokens[i - 1] === '.') return tokens[i - 2] === 'pg_catalog';
  if (keywordsBeforeParenthesis.has(token) || builtInFunctions.has(token)) return true;
  // The columns of an alias, or of a common table expression.
  return tokens[i - 1] === 'as';
}

function readsRelation(tokens: readonly string[], i: number): boolean {
  if (tokens[i] !== 'from' && tokens[i] !== 'join') return false;
  const source = tokens[i + 1] === 'lateral' ? i + 2 : i + 1;
  return isName(tokens[source]) && tokens[source + 1] !== '(';
}

/** Operators and types that users may have made. */
function isUnknown(tokens: readonly string[], i: number, casts: boolean): boolean {
  const token = tokens[i]!;
  if (token === '::' || (token === 'as' && casts)) return !builtInTypes.has(tokens[i + 1] ?? '');
  return /^[-+*/%<>=!|]/.test(token) && !OPERATORS.has(token);
}

/** Whether FROM may name more than one source: what stands behind a comma is looked at no further. */
function listsSources(tokens: readonly string[]): boolean {
  let depth = 0;
  let from = Number.POSITIVE_INFINITY;
  for (const token of tokens) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === 'from') from = Math.min(from, depth);
    else if (token === ',' && depth === from) return true;
  }
  return false;
}
