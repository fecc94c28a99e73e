import { StatementError } from '../tokens/syntax-error.js';
import { type TextToken, Tokenizer } from '../tokens/token.js';

/** Stands for what unnests a SUPER value, in a text that PostgreSQL's grammar reads. There is no such function. */
export const UNNEST = 'aws_ml super unnest';

/** Words after which an entry of FROM may come. */
const BEFORE_ENTRY: ReadonlySet<string> = new Set(['from', 'join', 'lateral', ',']);
/** Words that begin another clause of a query. */
const CLAUSES: ReadonlySet<string> = new Set(
  'select where group having order limit offset union intersect except window returning set values fetch for'.split(
    ' ',
  ),
);

/**
 * Writes the entries of FROM that PostgreSQL's grammar refuses such that it reads them: `p.prediction.labels AS label AT
 * index`, and those that name a value by more parts than a relation has, or by subscripts. What they mean is found out
 * with the tree.
 *
 * @returns undefined where there are none
 */
export function withReadableEntries(text: string): string | undefined {
  // Nearly every text that the grammar refuses ends here.
  if (!/\bat\b|\]/i.test(text) && !/\.[^.]*\.[^.]*\./.test(text)) return undefined;
  const tokens = allTokens(text);
  if (tokens === undefined) return undefined;
  const closing = closingBrackets(tokens);
  const pieces: string[] = [];
  let copied = 0;
  // The clause of each query that is open, by the depth of parentheses.
  const inFrom = [false];
  for (let i = 0; i < tokens.length; i++) {
    const { kind, value } = tokens[i] as TextToken;
    if (value === '(' && kind === 'symbol') inFrom.push(false);
    else if (value === ')' && kind === 'symbol' && inFrom.length > 1) inFrom.pop();
    else if (kind === 'word' && value === 'from' && tokens[i - 1]?.value !== 'distinct')
      inFrom[inFrom.length - 1] = true;
    else if (kind === 'word' && CLAUSES.has(value)) inFrom[inFrom.length - 1] = false;
    const entry =
      inFrom.at(-1) && BEFORE_ENTRY.has(value) && kind !== 'name' ? readEntry(tokens, i + 1, closing) : undefined;
    if (entry === undefined) continue;
    const { path, alias, index, end } = entry;
    const columns =
      index === undefined ? text.slice(alias.start, alias.end) : `${raw(text, alias)}, ${raw(text, index)}`;
    const lateral = value === 'lateral' ? '' : 'LATERAL ';
    pieces.push(
      text.slice(copied, path.start),
      `${lateral}"${UNNEST}"(${text.slice(path.start, path.end)}) WITH ORDINALITY AS ${raw(text, alias)}(${columns})`,
    );
    copied = tokens[end - 1]!.end;
    i = end - 1;
  }
  return pieces.length === 0 ? undefined : pieces.join('') + text.slice(copied);
}

const raw = (text: string, token: TextToken): string => text.slice(token.start, token.end);

interface Entry {
  readonly path: { readonly start: number; readonly end: number };
  readonly alias: TextToken;
  readonly index: TextToken | undefined;
  /** The token behind it. */
  readonly end: number;
}

/** `a.b.c[0].d [AS] alias [AT index]`, if PostgreSQL's grammar doesn't know it as the name of a relation. */
function readEntry(tokens: readonly TextToken[], first: number, closing: readonly number[]): Entry | undefined {
  let at = first;
  if (!isName(tokens[at])) return undefined;
  let parts = 1;
  let subscripted = false;
  at += 1;
  for (;;) {
    if (isSymbol(tokens[at], '.') && isName(tokens[at + 1])) {
      parts += 1;
      at += 2;
    } else if (parts > 1 && isSymbol(tokens[at], '[')) {
      const closed = closing[at];
      if (closed === undefined) return undefined;
      subscripted = true;
      at = closed + 1;
    } else break;
  }
  if (parts < 2) return undefined;
  const path = { start: tokens[first]!.start, end: tokens[at - 1]!.end };
  const hasAs = isWord(tokens[at], 'as');
  if (hasAs) at += 1;
  const alias = tokens[at];
  if (alias === undefined || !isName(alias)) return undefined;
  const hasIndex = isWord(tokens[at + 1], 'at') && isName(tokens[at + 2]);
  if (hasIndex) return { path, alias, index: tokens[at + 2], end: at + 3 };
  return parts > 3 || subscripted ? { path, alias, index: undefined, end: at + 1 } : undefined;
}

/** Where each bracket that opens is closed. */
function closingBrackets(tokens: readonly TextToken[]): number[] {
  const closing: number[] = [];
  const open: number[] = [];
  tokens.forEach((token, at) => {
    if (isSymbol(token, '[')) open.push(at);
    const opening = isSymbol(token, ']') ? open.pop() : undefined;
    if (opening !== undefined) closing[opening] = at;
  });
  return closing;
}

const isSymbol = (token: TextToken | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.value === symbol;

const isWord = (token: TextToken | undefined, word: string): boolean => token?.kind === 'word' && token.value === word;

const isName = (token: TextToken | undefined): token is TextToken => token?.kind === 'word' || token?.kind === 'name';

function allTokens(text: string): TextToken[] | undefined {
  const tokenizer = new Tokenizer(text);
  const tokens: TextToken[] = [];
  try {
    for (let token = tokenizer.next(); token.kind !== 'end'; token = tokenizer.next()) tokens.push(token);
  } catch (error) {
    if (error instanceof StatementError) return undefined;
    throw error;
  }
  return tokens;
}
