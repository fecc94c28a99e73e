/**
 * Moves predicates into a subquery in FROM that is planned where it stands, because it groups, sorts, removes duplicates
 * or combines queries. Its ML calls then see only the rows that the predicates leave.
 *
 * Before: SELECT q.m FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM live UNION ALL SELECT id, m FROM done) q WHERE q.id < 9
 * After:  SELECT q.m FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM live WHERE id < 9 UNION ALL SELECT id, m FROM done WHERE id < 9) q
 *
 * So it does with predicates that follow from others: `q.id = 9` from `q.id = o.id AND o.id = 9`.
 *
 * Preconditions: the predicate reads that subquery alone and has no ML call, subquery or volatile function; the subquery
 * is not on the nullable side of an outer join. As PostgreSQL's optimizer does it (allpaths.c, subquery_is_pushdown_safe).
 * Does not rewrite: subqueries with LIMIT or row locks, EXCEPT; columns that are not among the keys by which the subquery
 * groups, partitions or removes duplicates; columns of set operations whose types differ or can't be told.
 */

import { entryColumnType, UNKNOWN } from '../analysis/column-type.js';
import { conjuncts } from '../analysis/conjuncts.js';
import { derivedEqualities } from '../analysis/derived-equalities.js';
import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns, RangeEntry } from '../analysis/scope.js';
import { rangeEntries } from '../analysis/scope.js';
import { andAll } from '../ast/build.js';
import type { JoinExpr, Node, RangeSubselect, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { forEachNode, mapNodes, someNode } from '../ast/walk.js';
import { pushable } from './pushable.js';
import type { QueryRule } from './rule.js';

export const pushDownPredicatesRule: QueryRule = {
  name: 'push-down-predicates',
  calls: [],
  idempotent: true,
  apply: pushDownPredicates,
};

export function pushDownPredicates(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  if (select.fromClause === undefined || !ctx.hasMlCall(select.fromClause)) return select;
  const push = new PushDown(select, ctx, ctes);
  const from = select.fromClause.map((item) => push.item(item));
  if (push.moved.size === 0) return select;
  const { whereClause, ...rest } = select;
  const where = andAll(conjuncts(whereClause).filter((p) => !push.moved.has(p)));
  return where === undefined ? { ...rest, fromClause: from } : { ...rest, fromClause: from, whereClause: where };
}

/** Types whose values are equal across types, too. */
const integers: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

interface ReadPredicate {
  readonly predicate: Node;
  /** The positions of the columns that it reads, by reference. */
  readonly positions: ReadonlyMap<string, number>;
}

class PushDown {
  readonly moved = new Set<Node>();
  /** The predicates that read one entry of FROM alone. */
  readonly #predicates = new Map<RangeEntry, ReadPredicate[]>();
  readonly #byItem: ReadonlyMap<Node, RangeEntry>;
  readonly #byAlias = new Map<string, RangeEntry>();
  /** Undefined where several have a column of the name. */
  readonly #byColumn = new Map<string, RangeEntry | undefined>();
  /** Columns that joins merge: they belong to no entry alone. */
  readonly #merged = new Set<string>();
  #natural = false;
  readonly #ctx: PlanContext;
  readonly #ctes: CteColumns;

  constructor(select: SelectStmt, ctx: PlanContext, ctes: CteColumns) {
    this.#ctx = ctx;
    this.#ctes = ctes;
    const entries = rangeEntries(select.fromClause, ctx, ctes);
    this.#byItem = new Map(entries.map((entry) => [entry.item, entry]));
    for (const entry of entries) {
      if (entry.alias !== undefined && !this.#byAlias.has(entry.alias)) this.#byAlias.set(entry.alias, entry);
      for (const name of new Set(entry.columns)) this.#byColumn.set(name, this.#byColumn.has(name) ? undefined : entry);
    }
    // Any name may be a column of an entry whose columns are not known.
    if (entries.some((entry) => entry.columns === null)) this.#byColumn.clear();
    forEachNode(select.fromClause, (node) => {
      if (!('JoinExpr' in node)) return;
      for (const name of nameParts(node.JoinExpr.usingClause)) this.#merged.add(name);
      if (node.JoinExpr.isNatural || node.JoinExpr.alias !== undefined) this.#natural = true;
    });
    const certain = [...conjuncts(select.whereClause), ...innerJoinPredicates(select.fromClause)].filter(
      (p) => !ctx.hasMlCall(p) && !ctx.isVolatile(p) && !someNode(p, (n) => 'SubLink' in n),
    );
    const derived = derivedEqualities(certain, (from, to, constant) => this.#carries(from, to, constant));
    for (const predicate of [...certain, ...derived]) this.#assign(predicate);
  }

  item(item: Node): Node {
    if ('JoinExpr' in item) return this.#join(item.JoinExpr);
    if (!('RangeSubselect' in item) || item.RangeSubselect.lateral || !this.#ctx.hasMlCall(item)) return item;
    const entry = this.#byItem.get(item);
    return entry === undefined ? item : this.#subselect(item.RangeSubselect, entry);
  }

  /** What stands on the nullable side of an outer join must not be filtered before the join. */
  #join(join: JoinExpr): Node {
    const { jointype, larg, rarg } = join;
    const out = { ...join };
    if (larg !== undefined && (jointype === 'JOIN_INNER' || jointype === 'JOIN_LEFT')) out.larg = this.item(larg);
    if (rarg !== undefined && (jointype === 'JOIN_INNER' || jointype === 'JOIN_RIGHT')) out.rarg = this.item(rarg);
    return { JoinExpr: out };
  }

  #carries(from: Node, to: Node, constant: Node): boolean {
    const [one, other] = [this.#typeOf(from), this.#typeOf(to)];
    if (one === undefined || other === undefined || one === UNKNOWN) return false;
    // A string constant takes the type of the column, and may be no value of the other's.
    const untyped = 'A_Const' in constant && constant.A_Const.sval !== undefined;
    return one === other || (!untyped && integers.has(one) && integers.has(other));
  }

  #typeOf(column: Node): string | undefined {
    const parts = 'ColumnRef' in column ? nameParts(column.ColumnRef.fields) : [];
    const entry = this.#ownerOf(parts);
    return entry === undefined ? undefined : entryColumnType(entry, parts.at(-1) ?? '', this.#ctx, this.#ctes);
  }

  /** Keeps a predicate for the entry whose columns it reads; it is nobody's where it reads other things as well. */
  #assign(predicate: Node): void {
    const positions = new Map<string, number>();
    let entry: RangeEntry | undefined;
    const foreign = someNode(predicate, (node) => {
      if (!('ColumnRef' in node)) return false;
      const parts = nameParts(node.ColumnRef.fields);
      const owner = this.#ownerOf(parts);
      entry ??= owner;
      positions.set(parts.join('.'), owner?.columns?.indexOf(parts.at(-1) ?? '') ?? -1);
      return owner === undefined || owner !== entry;
    });
    if (foreign || entry === undefined) return;
    const known = this.#predicates.get(entry);
    if (known === undefined) this.#predicates.set(entry, [{ predicate, positions }]);
    else known.push({ predicate, positions });
  }

  /** The entry of FROM whose column a reference means; undefined where it is none, or can't be told. */
  #ownerOf(parts: readonly string[]): RangeEntry | undefined {
    const [first = '', second, ...more] = parts;
    if (second === undefined) return this.#natural || this.#merged.has(first) ? undefined : this.#byColumn.get(first);
    const entry = more.length === 0 ? this.#byAlias.get(first) : undefined;
    return entry?.columns?.includes(second) ? entry : undefined;
  }

  #subselect(range: RangeSubselect, entry: RangeEntry): Node {
    let subquery = asSelect(range.subquery);
    for (const { predicate, positions } of this.#predicates.get(entry) ?? []) {
      if (subquery === undefined) break;
      const within = pushable(subquery, new Set(positions.values()), this.#ctx, this.#ctes);
      if (within === undefined) continue;
      subquery = within((columns) => replaceColumns(predicate, positions, columns));
      this.moved.add(predicate);
    }
    return subquery === undefined
      ? { RangeSubselect: range }
      : { RangeSubselect: { ...range, subquery: { SelectStmt: subquery } } };
  }
}

/** What inner joins at the top of FROM ask of every row. */
function innerJoinPredicates(from: readonly Node[] | undefined): Node[] {
  return (from ?? []).flatMap((item) => {
    if (!('JoinExpr' in item) || item.JoinExpr.jointype !== 'JOIN_INNER') return [];
    const { larg, rarg, quals } = item.JoinExpr;
    return [...conjuncts(quals), ...innerJoinPredicates([larg, rarg].filter((arg) => arg !== undefined))];
  });
}

function replaceColumns(
  predicate: Node,
  positions: ReadonlyMap<string, number>,
  columns: ReadonlyMap<number, Node>,
): Node {
  return mapNodes(predicate, (node) => {
    if (!('ColumnRef' in node)) return undefined;
    const position = positions.get(nameParts(node.ColumnRef.fields).join('.'));
    return position === undefined ? undefined : columns.get(position);
  });
}
