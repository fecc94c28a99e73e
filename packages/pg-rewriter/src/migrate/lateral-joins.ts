/** Writes ML calls as items of FROM, under names that mean nothing else in the statement. */

import type { PlanContext } from '../analysis/plan-context.js';
import { callColumns } from '../analysis/range-function.js';
import { outputNames } from '../analysis/substitute.js';
import { boolConst, columnRef, crossJoin, emptySelect, target } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, JoinExpr, Node, RangeFunction, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { forEachNode, mapFields, mapNodes } from '../ast/walk.js';
import { Decline } from '../decline.js';
import { qualifiedName } from './set-aside-subqueries.js';

/** An ML call that has been given its place in FROM. */
interface MovedCall {
  readonly alias: string;
  /** What the columns of its result are called from now on, by their names in the result. */
  readonly columns: ReadonlyMap<string, string>;
  readonly scalar: boolean;
}

export class LateralJoins {
  readonly #ctx: PlanContext;
  readonly #aliases: Set<string>;
  readonly #bareNames: ReadonlySet<string>;
  readonly #moved = new Map<string, MovedCall>();

  /** @param aliases names that are taken, in the whole statement; grows */
  constructor(select: SelectStmt, aliases: Set<string>, ctx: PlanContext) {
    this.#ctx = ctx;
    this.#aliases = aliases;
    this.#bareNames = bareNames(select);
  }

  /** Joins a call to the FROM clause. `guard`: where it doesn't hold the call isn't evaluated, and its result NULL. */
  join(from: readonly Node[], call: FuncCall, guard: Node | undefined): Node[] {
    const [, name] = qualifiedName(call);
    const alias = this.#freshAlias(name);
    const names = callColumns(call, alias, this.#ctx);
    if (names === null) throw new Decline('catalog-incomplete', `the columns of ${name} are not known`);
    const columns = names.map((column) => (this.#bareNames.has(column) ? this.#freshAlias(column) : column));
    const renamed = columns.some((column, i) => column !== names[i]);
    const range = rangeFunction(this.over(call), alias, renamed ? columns : undefined);
    const item = guard === undefined ? range : guarded(range, this.over(guard), alias);
    this.#moved.set(fingerprint(call), {
      alias,
      columns: new Map(names.map((n, i) => [n, columns[i] ?? n])),
      scalar: !isComposite(call, this.#ctx),
    });
    if (this.#usesSystemColumns()) {
      if (guard !== undefined) throw new Decline('unresolved-column', 'a system column is named without its table');
      return [...from, item];
    }
    const last = from.at(-1);
    return last === undefined && guard === undefined
      ? [item]
      : [...from.slice(0, -1), joined(last ?? oneRow(this.#freshAlias('one_row')), item, guard !== undefined)];
  }

  /** Writes the moved calls of a tree as columns of their FROM items. */
  over<T>(tree: T): T {
    const visit = (node: Node): Node | undefined => {
      if ('A_Indirection' in node) return this.#field(node, visit);
      if (!('FuncCall' in node)) return undefined;
      const moved = this.#moved.get(fingerprint(node.FuncCall));
      if (moved === undefined) return undefined;
      return moved.scalar ? columnRef(moved.alias, [...moved.columns.values()][0] ?? '') : this.#whole(moved);
    };
    return isCall(tree) ? mapFields(tree, visit) : mapNodes(tree, visit);
  }

  /** `(call).field` */
  #field(node: Node, visit: (n: Node) => Node | undefined): Node | undefined {
    if (!('A_Indirection' in node)) return undefined;
    const { arg, indirection = [] } = node.A_Indirection;
    const [first, ...more] = indirection;
    const moved = arg !== undefined && 'FuncCall' in arg ? this.#moved.get(fingerprint(arg.FuncCall)) : undefined;
    if (moved === undefined || moved.scalar || first === undefined || !('String' in first)) return undefined;
    const column = moved.columns.get(first.String.sval ?? '');
    if (column === undefined) throw new Decline('unresolved-column', 'a function has no column of that name');
    const value = columnRef(moved.alias, column);
    return more.length === 0 ? value : { A_Indirection: { arg: value, indirection: mapNodes(more, visit) } };
  }

  #whole({ alias, columns }: MovedCall): Node {
    if ([...columns].some(([name, now]) => name !== now)) {
      throw new Decline('unresolved-column', 'a column has the name of a result that is used as a whole');
    }
    return columnRef(alias);
  }

  /** Joins hide the system columns of their tables from bare names; a comma doesn't. */
  #usesSystemColumns(): boolean {
    return SYSTEM_COLUMNS.some((name) => this.#bareNames.has(name));
  }

  #freshAlias(name: string): string {
    let alias = name;
    for (let n = 1; this.#aliases.has(alias); n++) alias = `${name}_${n}`;
    this.#aliases.add(alias);
    return alias;
  }
}

const SYSTEM_COLUMNS = ['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax'];

const isCall = (tree: unknown): tree is FuncCall => typeof tree === 'object' && tree !== null && 'funcname' in tree;

function isComposite(call: FuncCall, ctx: PlanContext): boolean {
  const ml = ctx.mlFunctionOf(call);
  return ml === undefined ? (ctx.leafWrapperOf(call)?.resultColumns ?? null) !== null : ml.results.length > 1;
}

function rangeFunction(call: FuncCall, aliasname: string, columns: readonly string[] | undefined): Node {
  const range: RangeFunction = { lateral: true, functions: [{ List: { items: [{ FuncCall: call }, {} as Node] } }] };
  const colnames = columns?.map((sval): Node => ({ String: { sval } }));
  return { RangeFunction: { ...range, alias: colnames === undefined ? { aliasname } : { aliasname, colnames } } };
}

/** OFFSET 0 keeps the planner from evaluating the function before the condition. */
function guarded(range: Node, condition: Node, aliasname: string): Node {
  const select: SelectStmt = {
    ...emptySelect(),
    targetList: [target({ ColumnRef: { fields: [{ String: { sval: aliasname } }, { A_Star: {} }] } })],
    fromClause: [range],
    whereClause: condition,
    limitOffset: { A_Const: { ival: {} } },
    limitOption: 'LIMIT_OPTION_COUNT',
  };
  return { RangeSubselect: { lateral: true, subquery: { SelectStmt: select }, alias: { aliasname } } };
}

function joined(larg: Node, rarg: Node, outer: boolean): Node {
  if (!outer) return crossJoin(larg, rarg);
  const join: JoinExpr = { jointype: 'JOIN_LEFT', larg, rarg, quals: boolConst(true) };
  return { JoinExpr: join };
}

/** What a statement without FROM reads. */
function oneRow(alias: string): Node {
  return { RangeSubselect: { subquery: { SelectStmt: emptySelect() }, alias: { aliasname: alias } } };
}

/** The names that the clauses of a block look up without saying in which table. */
function bareNames(select: SelectStmt): Set<string> {
  const names = new Set<string>();
  const outputs = new Set(outputNames(select));
  const { sortClause = [], ...others } = select;
  const see = (node: Node): void => {
    if ('ColumnRef' in node) {
      const parts = nameParts(node.ColumnRef.fields);
      if (parts.length === 1) names.add(parts[0] ?? '');
    }
  };
  forEachNode(others, see);
  for (const key of sortClause) {
    const item = 'SortBy' in key ? key.SortBy.node : undefined;
    const parts = item !== undefined && 'ColumnRef' in item ? nameParts(item.ColumnRef.fields) : [];
    // A bare name here is an output column before anything else.
    if (parts.length !== 1 || !outputs.has(parts[0] ?? '')) forEachNode(key, see);
  }
  return names;
}
