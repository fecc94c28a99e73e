/** SQL text that reads the rows of pipelines, with their types still open. */
import { deparseSteps } from '../ast/deparse.js';
import type { Node } from '../ast/node.js';
import { isNode, nameParts } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import type { Steps } from '../steps.js';
import { ROW_NUMBER } from './split-block.js';

export interface RelationSql {
  /** The text around the relations: relation i stands between part i and part i + 1. */
  readonly parts: readonly string[];
  readonly relations: readonly RelationUse[];
}

/** A place in FROM where the rows of a pipeline are read. */
export interface RelationUse {
  readonly relation: string;
  /** The columns that the query needs, without the row number. */
  readonly columns: readonly string[];
}

/** Where a parameter beyond the statement's own gets its values. */
export type RelationBinding =
  | { readonly kind: 'column'; readonly relation: string; readonly column: string }
  | { readonly kind: 'count'; readonly relation: string };

export function* relationSql(statement: Node, relations: ReadonlySet<string>): Steps<RelationSql> {
  const uses: RelationUse[] = [];
  const marked = markUses(statement, statement, relations, uses);
  yield;
  const text = yield* deparseSteps(marked);
  const parts: string[] = [];
  const inTextOrder: RelationUse[] = [];
  let from = 0;
  for (const match of text.matchAll(/\bml_rows_\d+_input_(\d+)\b/g)) {
    const use = uses[Number(match[1])];
    // What looks like a mark and is none is a text of the statement.
    if (use === undefined || match[0] !== markOf(use.relation, Number(match[1]))) continue;
    parts.push(text.slice(from, match.index));
    inTextOrder.push(use);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return { parts, relations: inTextOrder };
}

/** The statement has no such text, as it has not the name of the relation. */
const markOf = (relation: string, number: number): string => `${relation}_input_${number}`;

/**
 * Marks each reading of a relation by its number.
 * @param reader the innermost query around the value: what a relation in its FROM is asked for stands inside it
 */
function markUses<T>(value: T, reader: object, relations: ReadonlySet<string>, uses: RelationUse[]): T {
  if (typeof value !== 'object' || value === null) return value;
  if (isNode(value) && 'RangeVar' in value) return markRangeVar(value, reader, relations, uses) as T;
  const inner = 'fromClause' in value ? value : reader;
  let copy: Record<string, unknown> | undefined;
  for (const [key, child] of Object.entries(value)) {
    const marked = markUses(child as unknown, inner, relations, uses);
    if (marked === child) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = marked;
  }
  return (copy ?? value) as T;
}

function markRangeVar(node: Node, reader: object, relations: ReadonlySet<string>, uses: RelationUse[]): Node {
  if (!('RangeVar' in node) || node.RangeVar.schemaname !== undefined) return node;
  const relation = node.RangeVar.relname ?? '';
  if (!relations.has(relation)) return node;
  const number = uses.push({ relation, columns: columnsOf(reader, relation) }) - 1;
  return { RangeVar: { ...node.RangeVar, relname: markOf(relation, number), alias: { aliasname: relation } } };
}

function columnsOf(reader: object, relation: string): string[] {
  const columns = new Set<string>();
  forEachNode(reader, (node) => {
    if (!('ColumnRef' in node)) return;
    const [first, second] = nameParts(node.ColumnRef.fields);
    if (first === relation && second !== undefined && second !== ROW_NUMBER) columns.add(second);
  });
  return [...columns];
}

/**
 * Fills in the relations as `unnest` over array parameters, or as tables that hold their values as text.
 * @param firstParameter the number of the first free parameter
 * @param typeOf the SQL type of a column
 * @param tableOf the table that holds the rows of a relation; undefined where parameters do
 */
export function renderRelations(
  sql: RelationSql,
  firstParameter: number,
  typeOf: (relation: string, column: string) => string,
  tableOf: (relation: string) => string | undefined = () => undefined,
): { readonly text: string; readonly bindings: readonly RelationBinding[] } {
  const bindings: RelationBinding[] = [];
  const numbers = new Map<string, number>();
  const parameter = (key: string, binding: RelationBinding): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    bindings.push(binding);
    const number = firstParameter + bindings.length - 1;
    numbers.set(key, number);
    return number;
  };
  const text = sql.relations.reduce((before, { relation, columns }, i) => {
    const table = tableOf(relation);
    const source =
      table === undefined
        ? renderRelation(relation, columns, parameter, typeOf)
        : renderTable(table, relation, columns, typeOf);
    return `${before}${source}${sql.parts[i + 1] ?? ''}`;
  }, sql.parts[0] ?? '');
  return { text, bindings };
}

function renderRelation(
  relation: string,
  columns: readonly string[],
  parameter: (key: string, binding: RelationBinding) => number,
  typeOf: (relation: string, column: string) => string,
): string {
  if (columns.length === 0) {
    const number = parameter(relation, { kind: 'count', relation });
    return `(SELECT u.${ROW_NUMBER} FROM pg_catalog.generate_series(1, $${number}::pg_catalog.int8) AS u(${ROW_NUMBER}))`;
  }
  const arrays = columns.map((column) => {
    const number = parameter(`${relation}.${column}`, { kind: 'column', relation, column });
    return `$${number}::pg_catalog.text[]`;
  });
  const casts = castsOf(relation, columns, typeOf);
  const names = [...columns, ROW_NUMBER].join(', ');
  // PostgreSQL knows the form with several arrays by the bare name only, and then always means its own.
  const unnest = arrays.length === 1 ? 'pg_catalog.unnest' : 'unnest';
  const source = `${unnest}(${arrays.join(', ')}) WITH ORDINALITY AS u(${names})`;
  return `(SELECT ${casts.join(', ')}, u.${ROW_NUMBER} FROM ${source})`;
}

const castsOf = (
  relation: string,
  columns: readonly string[],
  typeOf: (relation: string, column: string) => string,
): string[] => columns.map((column) => `u.${column}::${typeOf(relation, column)} AS ${column}`);

function renderTable(
  table: string,
  relation: string,
  columns: readonly string[],
  typeOf: (relation: string, column: string) => string,
): string {
  return `(SELECT ${[...castsOf(relation, columns, typeOf), `u.${ROW_NUMBER}`].join(', ')} FROM ${table} AS u)`;
}
