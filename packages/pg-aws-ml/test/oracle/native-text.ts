/**
 * `invoke_endpoint` takes arguments of any types, which no function in SQL or PL/pgSQL can. So the native database has
 * one over lists of fields, and each model input of a call is written as `oracle.fields(input)`: polymorphic, so that an
 * input keeps its own type whatever was called before, an untyped literal is text and an untyped parameter an error.
 */

const CALL = /invoke_endpoint"?\s*\(/gi;

/** SQL, or the body of a function, for the native database. */
export function nativeText(sql: string): string {
  let written = '';
  let end = 0;
  for (const call of sql.matchAll(CALL)) {
    if (call.index < end) continue;
    const start = call.index + call[0].length;
    const list = argumentsAt(sql, start);
    if (list === undefined) continue;
    written += sql.slice(end, start) + list.arguments.map((a, i) => (i < 2 ? nativeText(a) : fields(a))).join(',');
    end = list.end;
  }
  return written + sql.slice(end);
}

function fields(argument: string): string {
  const input = argument.trim().replace(/^variadic\s+/i, '');
  if (/^\$\d+$/.test(input)) return ` oracle.known_fields(oracle.known(${input}), ${input})`;
  return ` oracle.fields(${nativeText(input)})`;
}

interface Arguments {
  readonly arguments: readonly string[];
  /** Where the closing parenthesis is. */
  readonly end: number;
}

/** Undefined where the parenthesis is not closed. */
function argumentsAt(sql: string, start: number): Arguments | undefined {
  const found: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < sql.length; at++) {
    const c = sql[at];
    if (c === "'" || c === '"') {
      const escapes = c === "'" && /[eE]/.test(sql[at - 1] ?? '') && !/\w/.test(sql[at - 2] ?? '');
      at++;
      while (at < sql.length && sql[at] !== c) at += escapes && sql[at] === '\\' ? 2 : 1;
    } else if (c === '(' || c === '[') depth++;
    else if (c === ']' || (c === ')' && depth > 0)) depth--;
    else if (c === ',' && depth === 0) {
      found.push(sql.slice(from, at));
      from = at + 1;
    } else if (c === ')') {
      found.push(sql.slice(from, at));
      return { arguments: found, end: at };
    }
  }
  return undefined;
}
