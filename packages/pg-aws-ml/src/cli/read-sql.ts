import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { loadParser, parseStatements } from 'pg-rewriter';
import { StartFailure } from './failure.js';
import { describeError } from './output/error-text.js';

/**
 * SQL from the argument, a file, or standard input (`-` or nothing).
 *
 * @throws StartFailure where there is none.
 */
export async function readSql(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== '-') {
    if (file !== undefined) throw new StartFailure('give the statement or --file, not both');
    return argument;
  }
  if (file !== undefined && file !== '-') {
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartFailure(describeError(error));
    });
  }
  if (process.stdin.isTTY) throw new StartFailure('no SQL: give a statement, --file, or standard input');
  return text(process.stdin);
}

/** The statements of a script. One that PostgreSQL's grammar refuses goes to the server whole, which says where. */
export async function splitStatements(sql: string): Promise<string[]> {
  await loadParser();
  try {
    return parseStatements(sql).map((statement) => statement.text.trim());
  } catch {
    return [sql];
  }
}
