import { deparseSync } from 'pgsql-deparser';
import { Decline } from '../decline.js';
import { selectOf } from './build.js';
import { asSelect, type Node } from './node.js';
import { parseStatement } from './parse.js';

/** Positions in the text: the only fields in which equal trees differ. */
const POSITIONS = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** A text that is equal for equal trees. */
export function fingerprint(tree: unknown): string {
  return JSON.stringify(tree, (_key, value: unknown) => canonical(value));
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([key, v]) => !POSITIONS.has(key) && !isEmptyList(v));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parser leaves out empty lists. */
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/**
 * SQL text of a statement. The deparser drops what it doesn't know (WITH TIES, for example), so its text is parsed
 * again and compared with the tree.
 * @throws Decline where the text would not mean the same.
 */
export function deparse(statement: Node): string {
  const sql = tryDeparse(statement);
  if (sql === undefined) {
    throw new Decline('deparser-gap', 'the statement has a clause that cannot be written back faithfully');
  }
  return sql;
}

/** As `deparse`; undefined where the text would not mean the same. */
export function tryDeparse(statement: Node): string | undefined {
  const sql = tryStatementText(statement);
  return sql !== undefined && fingerprint(parseAgain(sql)) === fingerprint(statement) ? sql : undefined;
}

/** WITH TIES at the end of a statement is the one gap worth filling: it is written by hand. */
function statementText(statement: Node): string {
  const select = asSelect(statement);
  if (select?.limitOption !== 'LIMIT_OPTION_WITH_TIES' || select.limitCount === undefined || select.lockingClause) {
    return deparseSync(statement, { pretty: false });
  }
  const { limitCount, ...rest } = select;
  const unlimited: Node = { SelectStmt: { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' } };
  return `${deparseSync(unlimited, { pretty: false })} FETCH FIRST (${expressionText(limitCount)}) ROWS WITH TIES`;
}

/** The deparser throws for node types that it doesn't know. */
function tryStatementText(statement: Node): string | undefined {
  try {
    return statementText(statement);
  } catch {
    return undefined;
  }
}

function parseAgain(sql: string): Node | undefined {
  try {
    return parseStatement(sql);
  } catch {
    return undefined;
  }
}

/** SQL text of an expression, for keys and messages; not checked. */
export function expressionText(expression: Node): string {
  return deparseSync(selectOf([expression]), { pretty: false }).replace(/^SELECT /, '');
}
