import {
  auroraFunction,
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

/** A statement that PostgreSQL's grammar refuses, written as it reads it. */
export interface RewrittenStatement extends ParsedStatement {
  readonly isRewritten: true;
}

export type TextStatement = ParsedStatement | RewrittenStatement | OwnStatement;

export const isOwn = (statement: TextStatement): statement is OwnStatement => 'read' in statement;

export const isRewritten = (statement: TextStatement): statement is RewrittenStatement => 'isRewritten' in statement;

/** The parse trees of those that PostgreSQL's grammar knows. */
export const nodesOf = (statements: readonly TextStatement[]): Node[] =>
  statements.flatMap((statement) => (isOwn(statement) ? [] : [statement.node]));

/**
 * The statements of a text. What PostgreSQL's grammar reads, it means; where it refuses the text, other grammars
 * are asked about each statement in it, and what only Redshift and Aurora MySQL have is written otherwise.
 *
 * @returns none where nobody can read it: the server's own error says why
 * @throws DatabaseError where one is of a kind of ours, and anything is wrong
 */
export function statementsOf(cache: StatementCache, text: string): readonly TextStatement[] {
  const parsed = cache.parse(text);
  if (parsed.length > 0) return parsed;
  const parts = splitStatements(text) ?? [];
  const read = parts.map((part) => readPart(cache, part.text, part.start));
  if (read.every((statement) => statement === undefined)) return [];
  return parts.flatMap((part, i): readonly TextStatement[] => {
    const statement = read[i];
    return statement === undefined ? parsePart(part.text, part.start) : [statement];
  });
}

/** What PostgreSQL's grammar can't read, and we can. */
function readPart(cache: StatementCache, text: string, start: number): TextStatement | undefined {
  return atPosition(start, () => {
    for (const kind of textKinds) {
      const read = kind.read(text);
      if (read !== undefined) return { read, text, start };
    }
    const written = withReadableEntries(text) ?? auroraFunction(text);
    const [only, another] = written === undefined ? [] : cache.parse(written);
    return only === undefined || another !== undefined ? undefined : { ...only, start, isRewritten: true };
  });
}

/** Positions count from the start of the whole text. */
function atPosition<T>(start: number, read: () => T): T {
  try {
    return read();
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
