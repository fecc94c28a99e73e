import type { Node } from '@pgsql/types';
import { parseText } from 'pg-rewriter';

/**
 * The tree of a text that is one statement. Undefined where it is none or several, or where PostgreSQL would report a
 * syntax error: that is then the server's to say. The parser must have been loaded (`loadParser` of pg-rewriter).
 */
export function parseStatement(sql: string): Node | undefined {
  try {
    const statements = parseText(sql).stmts ?? [];
    return statements.length === 1 ? statements[0]?.stmt : undefined;
  } catch {
    return undefined;
  }
}
