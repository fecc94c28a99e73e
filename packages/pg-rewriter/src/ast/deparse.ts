import { Decline } from '../decline.js';
import { runSteps, type Steps } from '../steps.js';
import { selectOf } from './build.js';
import { isSameTree } from './fingerprint.js';
import { deparseTree } from './grammar.js';
import { asSelect, type Node } from './node.js';
import { parseStatement } from './parse.js';

/**
 * SQL text of a statement. The deparser drops what it doesn't know (WITH TIES, for example), so its text is parsed
 * again and compared with the tree.
 * @throws Decline where the text would not mean the same.
 */
export const deparse = (statement: Node): string => runSteps(deparseSteps(statement));

/** As `deparse`, in steps. */
export function* deparseSteps(statement: Node): Steps<string> {
  const sql = tryStatementText(statement);
  yield;
  const again = sql === undefined ? undefined : parseAgain(sql);
  yield;
  if (sql !== undefined && isSameTree(again, statement)) return sql;
  throw new Decline('deparser-gap', 'the statement has a clause that cannot be written back faithfully');
}

/** As `deparse`; undefined where the text would not mean the same. */
export function tryDeparse(statement: Node): string | undefined {
  const sql = tryStatementText(statement);
  return sql !== undefined && isSameTree(parseAgain(sql), statement) ? sql : undefined;
}

/** WITH TIES at the end of a statement is the one gap worth filling: it is written by hand. */
function statementText(statement: Node): string {
  const select = asSelect(statement);
  if (select?.limitOption !== 'LIMIT_OPTION_WITH_TIES' || select.limitCount === undefined || select.lockingClause) {
    return deparseTree(statement);
  }
  const { limitCount, ...rest } = select;
  const unlimited: Node = { SelectStmt: { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' } };
  return `${deparseTree(unlimited)} FETCH FIRST (${expressionText(limitCount)}) ROWS WITH TIES`;
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
  return deparseTree(selectOf([expression])).replace(/^SELECT /, '');
}
