import type { Node, ParseResult } from '@pgsql/types';

export interface Token {
  readonly text: string;
  /** As the lexer names its kind. */
  readonly tokenName: string;
  /** Bytes of the text before it. */
  readonly start: number;
  /** Bytes of the text up to its end. */
  readonly end: number;
}

/**
 * PostgreSQL's own grammar and lexer (WebAssembly), and the deparser. They take longer to load than everything else
 * together, and programs that never make an ML call need none of them: so they are loaded when first needed.
 */
interface Grammar {
  readonly parse: (sql: string) => ParseResult;
  readonly scan: (sql: string) => { readonly tokens: readonly Token[] };
  readonly deparse: (tree: Node) => string;
}

let grammar: Grammar | undefined;
let loading: Promise<void> | undefined;

/** Loads the grammar. To be awaited once before anything else of this package. */
export function loadParser(): Promise<void> {
  loading ??= load().catch((error: unknown) => {
    // Whoever comes next may have more memory, or the file.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<void> {
  const [parser, { deparseSync }] = await Promise.all([import('libpg-query'), import('pgsql-deparser')]);
  await parser.loadModule();
  grammar = {
    parse: parser.parseSync,
    scan: parser.scanSync,
    deparse: (tree) => deparseSync(tree, { pretty: false }),
  };
}

function loaded(): Grammar {
  if (grammar === undefined) throw new Error('loadParser() has to be awaited first');
  return grammar;
}

/** @throws libpg-query's SqlError where PostgreSQL itself would report a syntax error */
export const parseText = (sql: string): ParseResult => loaded().parse(sql);

const COMMENTS: ReadonlySet<string> = new Set(['C_COMMENT', 'SQL_COMMENT']);

/**
 * Without comments.
 * @throws libpg-query's SqlError where the text is not made of PostgreSQL's tokens
 */
export const tokensOf = (sql: string): readonly Token[] =>
  loaded()
    .scan(sql)
    .tokens.filter(({ tokenName }) => !COMMENTS.has(tokenName));

/** Not checked: see `deparse`. */
export const deparseTree = (tree: Node): string => loaded().deparse(tree);
