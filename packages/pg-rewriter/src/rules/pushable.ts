/** Whether a predicate over output columns of a query may filter the rows that the query reads instead. */

import { columnType, UNKNOWN } from '../analysis/column-type.js';
import { conjuncts } from '../analysis/conjuncts.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isGrouped } from '../analysis/rowwise.js';
import type { CteColumns } from '../analysis/scope.js';
import { rangeEntries, withCtes } from '../analysis/scope.js';
import { andAll, castTo } from '../ast/build.js';
import { fingerprint, isSameTree } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts, targetValue } from '../ast/node.js';
import { forEachNode, someNode } from '../ast/walk.js';
import { expandStars } from './expand-stars.js';

/** Makes a predicate of the expressions behind the output columns that it reads, by their positions. */
export type PredicateOver = (columns: ReadonlyMap<number, Node>) => Node;

/** Adds a predicate to each WHERE below. */
export type Push = (predicate: PredicateOver) => SelectStmt;

/** Undefined where the query's rows may depend on others than those for which the predicate holds. */
export function pushable(
  query: SelectStmt,
  positions: ReadonlySet<number>,
  ctx: PlanContext,
  ctes: CteColumns,
): Push | undefined {
  if (query.op === 'SETOP_NONE') return intoBlock(query, positions, new Map(), ctx, ctes);
  const types = new Map<number, string>();
  for (const position of positions) {
    const type = columnType(query, position, ctx, ctes);
    if (type === undefined) return undefined;
    types.set(position, type === UNKNOWN ? 'text' : type);
  }
  return intoArms(query, positions, types, ctx, ctes);
}

function intoArms(
  query: SelectStmt,
  positions: ReadonlySet<number>,
  types: ReadonlyMap<number, string>,
  ctx: PlanContext,
  ctes: CteColumns,
): Push | undefined {
  if (query.op === 'SETOP_NONE') return intoBlock(query, positions, types, ctx, ctes);
  if (query.op === 'SETOP_EXCEPT' || endsEarly(query)) return undefined;
  const inner = withCtes(query, ctx, ctes);
  const { larg, rarg } = query;
  const left = larg === undefined ? undefined : intoArms(larg, positions, types, ctx, inner);
  const right = rarg === undefined ? undefined : intoArms(rarg, positions, types, ctx, inner);
  if (left === undefined || right === undefined) return undefined;
  return (predicate) => ({ ...query, larg: left(predicate), rarg: right(predicate) });
}

function intoBlock(
  written: SelectStmt,
  positions: ReadonlySet<number>,
  types: ReadonlyMap<number, string>,
  ctx: PlanContext,
  ctes: CteColumns,
): Push | undefined {
  const query = expandStars(written, ctx, ctes);
  if (endsEarly(query) || query.valuesLists !== undefined || ctx.returnsSet(query.targetList)) return undefined;
  const columns = new Map<number, Node>();
  for (const position of positions) {
    const val = plainOutput(query, position, ctx);
    const typed = val === undefined ? undefined : withType(val, types.get(position));
    if (typed === undefined) return undefined;
    columns.set(position, typed);
  }
  const keys = new Keys(query, ctx, withCtes(query, ctx, ctes));
  if (![...positions].every((position) => keys.includes(position))) return undefined;
  return (predicate) => {
    const pushed = predicate(columns);
    const own = conjuncts(query.whereClause);
    if (own.some((p) => isSameTree(p, pushed))) return query; // what follows from other predicates stays among them
    const where = andAll([...own, pushed]);
    return where === undefined ? query : { ...query, whereClause: where };
  };
}

const endsEarly = (query: SelectStmt): boolean =>
  query.limitCount !== undefined || query.limitOffset !== undefined || query.lockingClause !== undefined;

/** An output column that can be computed as well where the rows are read, and as often. */
function plainOutput(query: SelectStmt, position: number, ctx: PlanContext): Node | undefined {
  const val = targetValue(query.targetList?.[position]);
  if (val === undefined || ctx.hasMlCall(val) || ctx.isVolatile(val)) return undefined;
  if (ctx.hasAggregate(val) || ctx.hasWindow(val) || someNode(val, (n) => 'SubLink' in n)) return undefined;
  return val;
}

/** A string constant has the type that its column gets from the other queries. */
function withType(val: Node, type: string | undefined): Node | undefined {
  if (type === undefined || !('A_Const' in val) || val.A_Const.sval === undefined) return val;
  if (type === 'text') return castTo(val, 'text');
  return type === 'character varying' ? castTo(val, 'varchar') : undefined;
}

/** What a query's rows are grouped, partitioned and told apart by. */
class Keys {
  readonly #query: SelectStmt;
  readonly #ctx: PlanContext;
  readonly #ctes: CteColumns;
  readonly #lists: readonly (readonly Node[])[];

  constructor(query: SelectStmt, ctx: PlanContext, ctes: CteColumns) {
    this.#query = query;
    this.#ctx = ctx;
    this.#ctes = ctes;
    const lists: (readonly Node[])[] = [];
    if (isGrouped(query, ctx)) lists.push(query.groupClause ?? []);
    if (isDistinctOn(query)) lists.push(query.distinctClause ?? []);
    lists.push(...partitions(query));
    this.#lists = lists;
  }

  /** Whether all rows of a group, a partition and so on have the same value in an output column. */
  includes(position: number): boolean {
    const target = this.#query.targetList?.[position];
    if (target === undefined || !('ResTarget' in target) || target.ResTarget.val === undefined) return false;
    const { val, name } = target.ResTarget;
    return this.#lists.every((list) => list.some((key) => this.#isKey(key, val, name, position)));
  }

  #isKey(key: Node, val: Node, name: string | undefined, position: number): boolean {
    if ('A_Const' in key) return key.A_Const.ival?.ival === position + 1;
    const column = this.#columnOf(key);
    const own = this.#columnOf(val);
    if (column !== undefined && own !== undefined) return column === own;
    if (column === undefined && 'ColumnRef' in key && nameParts(key.ColumnRef.fields).join('.') === name) return true;
    return fingerprint(key) === fingerprint(val);
  }

  /** The entry and name of an input column, however it is qualified. */
  #columnOf(node: Node): string | undefined {
    if (!('ColumnRef' in node)) return undefined;
    const parts = nameParts(node.ColumnRef.fields);
    const name = parts.at(-1) ?? '';
    const found = rangeEntries(this.#query.fromClause, this.#ctx, this.#ctes).filter((e) =>
      parts.length === 1 ? e.columns === null || e.columns.includes(name) : e.alias === parts.at(-2),
    );
    const [entry] = found;
    return found.length === 1 && entry?.columns != null ? `${entry.alias}.${name}` : undefined;
  }
}

const isDistinctOn = (query: SelectStmt): boolean =>
  query.distinctClause?.some((n) => Object.keys(n).length > 0) ?? false;

/** The PARTITION BY of every window function; an empty list where it is not written out. */
function partitions(query: SelectStmt): Node[][] {
  const out: Node[][] = [];
  const definitions = new Map(
    (query.windowClause ?? []).flatMap((n) =>
      'WindowDef' in n ? [[n.WindowDef.name ?? '', n.WindowDef] as const] : [],
    ),
  );
  forEachNode([query.targetList, query.sortClause], (node) => {
    if (!('FuncCall' in node) || node.FuncCall.over === undefined) return;
    const { over } = node.FuncCall;
    const definition = over.name === undefined ? over : definitions.get(over.name);
    out.push(definition === undefined || definition.refname !== undefined ? [] : (definition.partitionClause ?? []));
  });
  return out;
}
