/** What the lexer may read again, in characters: about a tenth of a second's work. */
const MAX_READ_AGAIN = 20_000_000;

/** The characters of operators. */
const RUN = /[-~!@#^&|`?+*/%<>=]+/g;

/**
 * Whether PostgreSQL's lexer takes too long for a text. It takes the opening of a comment for an operator first, to the
 * end of the run of such characters, and so reads a run of comments without a blank once for each of them.
 */
export function isTooSlowToScan(sql: string): boolean {
  let readAgain = 0;
  for (const [run] of sql.matchAll(RUN)) {
    if (run.length > 1000) readAgain += (run.split('/*').length - 1) * run.length;
  }
  return readAgain > 2 * MAX_READ_AGAIN;
}
