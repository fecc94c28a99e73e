import {
  type Node,
  type ParsedStatement,
  parseStatements,
  StatementError,
  splitStatements,
  withReadableEntries,
} from 'pg-rewriter';
import type { StatementCache } from '../pool-state/statement-cache.js';
import { databaseError } from '../server/database-error.js';
import { textKinds } from '../statements/list.js';
import type { ReadStatement } from '../statements/statement-handler.js';

/** A statement that PostgreSQL's grammar doesn't know, read by one of ours. */
export interface OwnStatement {
  readonly read: ReadStatement;
  readonly text: string;
  /** Characters of the whole text before it. */
  readonly start: number;
}

export type TextStatement = ParsedStatement | OwnStatement;

export const isOwn = (statement: TextStatement): statement is OwnStatement => 'read' in statement;

/** The parse trees of those that PostgreSQL's grammar knows. */
export const nodesOf = (statements: readonly TextStatement[]): Node[] =>
  statements.flatMap((statement) => (isOwn(statement) ? [] : [statement.node]));

/**
 * The statements of a text. What PostgreSQL's grammar reads, it means; where it refuses the text, entries of FROM that
 * only Redshift has are written otherwise, and other grammars are asked about each statement in it.
 *
 * @returns none where nobody can read it: the server's own error says why
 * @throws DatabaseError where one is of a kind of ours, and anything is wrong
 */
export function statementsOf(cache: StatementCache, text: string): readonly TextStatement[] {
  const parsed = cache.parse(text);
  if (parsed.length > 0) return parsed;
  const readable = withReadableEntries(text);
  const rewritten = readable === undefined ? [] : cache.parse(readable);
  if (rewritten.length > 0) return rewritten;
  const parts = splitStatements(text) ?? [];
  const own = parts.map((part) => readOwn(part.text, part.start));
  if (own.every((read) => read === undefined)) return [];
  return parts.flatMap(({ text, start }, i): TextStatement[] => {
    const read = own[i];
    return read === undefined ? parsePart(text, start) : [{ read, text, start }];
  });
}

function readOwn(text: string, start: number): ReadStatement | undefined {
  try {
    for (const kind of textKinds) {
      const read = kind.read(text);
      if (read !== undefined) return read;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    const { code, message, position, hint } = error;
    throw databaseError(code, message, { position: String(position + start), ...(hint !== undefined && { hint }) });
  }
}

/** Beside statements of ours. Nothing of a text runs unless all of it can be read. */
function parsePart(text: string, start: number): ParsedStatement[] {
  try {
    return parseStatements(text).map((parsed) => ({ ...parsed, start: parsed.start + start }));
  } catch (error) {
    const { message, sqlDetails } = error as { message: string; sqlDetails?: { cursorPosition?: number } };
    const at = sqlDetails?.cursorPosition;
    throw databaseError('42601', message, at === undefined ? {} : { position: String(at + 1 + start) });
  }
}
