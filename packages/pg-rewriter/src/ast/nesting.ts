/**
 * How deeply a text nests, before it is parsed: the parser (WebAssembly) recurses on the JavaScript stack, and each
 * overflow costs it memory for good.
 */
import { tokensOf } from './grammar.js';

/** Depths from which the parser may overflow. PostgreSQL itself refuses such expressions at its default settings. */
const MAX_NESTING = 4_000;

/** No shorter text reaches the depth: an operator and its operand take two characters. */
const SHORT = 2 * MAX_NESTING;

export const isTooDeepToParse = (sql: string): boolean =>
  sql.length > SHORT && mostNesting(sql) > MAX_NESTING && nestingOf(sql) > MAX_NESTING;

/** What can add a level, wherever it stands: strings and comments included. */
const LEVELS =
  /[([]|[-+*/<>=~!@#%^&|`?:]+|\b(?:case|union|intersect|except|join|not|is|in|like|ilike|similar|between|collate|at|isnull|notnull)\b/gi;

/** A coarser bound than `nestingOf`, for a tenth of its time: most long texts are no deeper than this. */
function mostNesting(sql: string): number {
  let levels = 0;
  for (const _level of sql.matchAll(LEVELS)) {
    levels += 1;
    if (levels > MAX_NESTING) break;
  }
  return levels;
}

/** What stands between a pair of parentheses, or between CASE and END. */
class Level {
  /** The deepest list item before. */
  #deepest = 0;
  /** Operators of the current item, which may all nest. */
  #operators = 0;
  #inner = 0;
  /** Set operations and joins, which nest across items. */
  #links = 0;

  get depth(): number {
    return this.#links + Math.max(this.#deepest, this.#operators + this.#inner);
  }

  operator(): void {
    this.#operators++;
  }

  link(): void {
    this.nextItem();
    this.#links++;
  }

  nextItem(): void {
    this.#deepest = Math.max(this.#deepest, this.#operators + this.#inner);
    this.#operators = 0;
    this.#inner = 0;
  }

  contains(inner: Level): void {
    this.#inner = Math.max(this.#inner, inner.depth + 1);
  }
}

const OPENS = new Set(['(', '[', 'case']);
const CLOSES = new Set([')', ']', 'end']);
const LINKS = new Set(['union', 'intersect', 'except', 'join']);
const ITEM_ENDS = new Set([',', ';', 'and', 'or', 'select', 'from', 'where', 'when', 'then', 'else', 'having', 'on']);
const OPERATOR = /^(?:[-+*/<>=~!@#%^&|`?]+|::|not|is|in|like|ilike|similar|between|collate|at|isnull|notnull)$/;

/** An upper bound of the depth of the text's parse tree, in operators, parentheses, set operations and joins. */
export function nestingOf(sql: string): number {
  const open = [new Level()];
  for (const { text } of tokensOf(sql)) {
    const token = text.toLowerCase();
    const level = open.at(-1) as Level;
    if (OPENS.has(token)) open.push(new Level());
    else if (CLOSES.has(token)) close(open);
    else if (LINKS.has(token)) level.link();
    else if (ITEM_ENDS.has(token)) level.nextItem();
    else if (OPERATOR.test(token)) level.operator();
  }
  while (open.length > 1) close(open);
  return open[0]?.depth ?? 0;
}

function close(open: Level[]): void {
  const [outer, inner] = open.slice(-2);
  if (outer === undefined || inner === undefined) return;
  open.pop();
  outer.contains(inner);
}
