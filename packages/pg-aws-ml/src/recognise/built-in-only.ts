import { builtInFunctions, builtInTypes, wordsBeforeParenthesis } from './built-in-names.js';

/** Longer texts aren't worth it. */
const MOST_CHARACTERS = 20_000;

/** One token, by what follows here; nothing in it can be matched in two ways. */
const TOKEN =
  /\s+|--[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*))*\*\/|'(?:[^'\\]|'')*'|"(?:[^"]|"")*"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\d.]+|\$\d+|::|[-+*/%<>=!|]+|[(),;[\]:.]/iy;
const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '<', '>', '=', '<>', '!=', '<=', '>=', '||']);
const HEADS: ReadonlySet<string> = new Set(['select', 'values', 'show']);
/** Of writing, of texts that stand elsewhere, of relations, and of parts that aren't looked into. */
const OTHER_WORDS: ReadonlySet<string> = new Set(
  'insert update delete merge into call execute table join with partition of'.split(' '),
);
const MAKES_TABLE = /^create (?:(?:global|local|temp|temporary|unlogged) )*table /;

/**
 * Whether a statement uses nothing but what PostgreSQL brings along, and evaluates no expression of a user: such a
 * statement reaches no ML function, whatever is in the database. It goes to the server before anybody knows the names of
 * the database. False whenever that isn't plain to see; the statement then waits for the names.
 *
 * What it can't see is a user's overload of a built-in name. There the server refuses the call, and `NativeWatch` runs
 * the statement again.
 */
export function usesBuiltInsOnly(text: string): boolean {
  const tokens = text.length > MOST_CHARACTERS ? undefined : tokensOf(text);
  // A script may do anything.
  if (tokens === undefined || tokens.slice(0, -1).includes(';')) return false;
  if (tokens[0] === 'drop' || makesTable(tokens)) return true;
  const head = tokens.find((token) => token !== '(') ?? '';
  if (!HEADS.has(head) || tokens.some((token) => OTHER_WORDS.has(token))) return false;
  const casts = tokens.includes('cast');
  return tokens.every((_, i) => isBuiltIn(tokens, i, casts)) && !listsSources(tokens);
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

/** Defaults and checks are evaluated for rows; the bounds of a partition at once. */
const makesTable = (tokens: readonly string[]): boolean =>
  MAKES_TABLE.test(tokens.slice(0, 5).join(' ')) &&
  !tokens.some((t) => t === 'as' || t === 'select' || t === 'execute' || t === 'partition' || t === 'of');

const isName = (token: string | undefined): boolean => token !== undefined && /^["a-z_\u0080-\uffff]/.test(token);

function isBuiltIn(tokens: readonly string[], i: number, casts: boolean): boolean {
  const token = tokens[i]!;
  const next = tokens[i + 1];
  if (next === '(' && isName(token)) return callsBuiltIn(tokens, i);
  if (token === '::' || (token === 'as' && casts)) return builtInTypes.has(next ?? '');
  if (token === 'from') return readsNoRelation(tokens, i);
  // A field may be a function of one argument.
  if (token === '.') return next === '*' || tokens[i - 1] === 'pg_catalog';
  return !/^[-+*/%<>=!|]/.test(token) || OPERATORS.has(token);
}

/** Whether what stands before a parenthesis is a keyword, a function or a type of PostgreSQL. */
function callsBuiltIn(tokens: readonly string[], i: number): boolean {
  const token = tokens[i]!;
  const before = tokens[i - 1];
  if (before === '.') return tokens[i - 2] === 'pg_catalog';
  if (token === 'from') return readsNoRelation(tokens, i);
  // Keywords only where they stand.
  if (token === 'over' || token === 'filter') return before === ')';
  if (token === 'by') return before === 'order' || before === 'group';
  // The columns of an alias; `AS (` itself belongs to them.
  return wordsBeforeParenthesis.has(token) || builtInFunctions.has(token) || before === 'as';
}

/** FROM may also stand within a call, such as `extract(year FROM $1)`. */
function readsNoRelation(tokens: readonly string[], from: number): boolean {
  const source = tokens[from + 1] === 'lateral' ? from + 2 : from + 1;
  const [first, second] = [tokens[source], tokens[source + 1]];
  if (first === '(') return second === 'select' || second === 'values';
  return !isName(first) || second === '(' || (first === 'pg_catalog' && second === '.' && tokens[source + 3] === '(');
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
