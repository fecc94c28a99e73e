import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { loadParser, type Node, type ParsedStatement, parseStatements } from 'pg-rewriter';
import { StartFailure } from './failure.js';
import { describeError } from './output/error-text.js';

/** Where SQL comes from. The file `-` is standard input. */
export type SqlSource = { readonly sql: string } | { readonly file: string };

/** What is sent at once. */
export interface ClientStatement {
  readonly text: string;
  /** A COPY whose rows come from standard input, or go to standard output. */
  readonly copy?: 'from' | 'to';
}

/**
 * The statements of an argument or of the options `-c` and `-f`; of standard input where there is neither, or `-`. As psql
 * does, those of an argument are sent together, which makes one transaction of them; those of a file one by one.
 *
 * @throws StartFailure where there is no SQL.
 */
export async function readStatements(
  argument: string | undefined,
  named: readonly SqlSource[],
): Promise<ClientStatement[]> {
  if (argument !== undefined && named.length > 0) {
    throw new StartFailure('give the SQL as an argument or with -c and -f, not both');
  }
  const sources = argument === undefined ? named : [argument === '-' ? { file: '-' } : { sql: argument }];
  const statements: ClientStatement[] = [];
  for (const source of sources.length > 0 ? sources : [{ file: '-' }]) {
    const parts = 'sql' in source ? await asOne(source.sql) : await oneByOne(await readSqlFile(source.file));
    statements.push(...parts);
  }
  return statements;
}

/** SQL from the argument, a file, or standard input (`-` or nothing). */
export async function readSql(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== '-') {
    if (file !== undefined) throw new StartFailure('give the statement or --file, not both');
    return argument;
  }
  return readSqlFile(file ?? '-');
}

async function readSqlFile(file: string): Promise<string> {
  if (file !== '-') {
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartFailure(describeError(error));
    });
  }
  if (process.stdin.isTTY) throw new StartFailure('no SQL: give a statement, -c, -f, or standard input');
  return text(process.stdin);
}

/** The texts of the statements of a script. */
export async function splitStatements(sql: string): Promise<string[]> {
  return (await oneByOne(sql)).map((statement) => statement.text);
}

async function oneByOne(sql: string): Promise<ClientStatement[]> {
  return (await parsed(sql))?.map(clientStatement) ?? [{ text: sql }];
}

async function asOne(sql: string): Promise<ClientStatement[]> {
  const statements = await parsed(sql);
  if (statements === undefined) return [{ text: sql }];
  const [first, second] = statements;
  if (first === undefined) return [];
  if (second === undefined) return [{ ...clientStatement(first), text: sql }];
  if (statements.some(({ node }) => copyThroughClient(node) !== undefined)) {
    throw new StartFailure('a COPY from or to the client has to stand alone: give each statement a -c of its own');
  }
  return [{ text: sql }];
}

/** Undefined where PostgreSQL's grammar refuses the text: it goes to the server whole, which says where. */
async function parsed(sql: string): Promise<ParsedStatement[] | undefined> {
  await loadParser();
  try {
    return parseStatements(sql);
  } catch {
    return undefined;
  }
}

function clientStatement({ node, text: sql }: ParsedStatement): ClientStatement {
  const copy = copyThroughClient(node);
  return { text: sql.trim(), ...(copy !== undefined && { copy }) };
}

function copyThroughClient(node: Node): 'from' | 'to' | undefined {
  if (!('CopyStmt' in node)) return undefined;
  const { filename, is_from } = node.CopyStmt;
  if (filename !== undefined) return undefined;
  return is_from ? 'from' : 'to';
}
