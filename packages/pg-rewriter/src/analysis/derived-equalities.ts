/** Predicates that follow from those that are written. */

import { fingerprint } from '../ast/fingerprint.js';
import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';

/** `column = other`, as PostgreSQL's grammar writes it. */
interface Equality {
  readonly column: Node;
  readonly other: Node;
  readonly written: Extract<Node, { A_Expr: unknown }>['A_Expr'];
}

/**
 * `b = 5` from `a = b` and `a = 5`, over any number of steps, as PostgreSQL's equivalence classes give it.
 *
 * @param predicates all of which hold for every row of the result
 * @param carries whether `to = constant` means for one column what `from = constant` means for the other
 */
export function derivedEqualities(
  predicates: readonly Node[],
  carries: (from: Node, to: Node, constant: Node) => boolean,
): Node[] {
  const equalities = predicates.flatMap(equalitiesOf);
  const joins = byColumn(equalities.filter(({ other }) => isColumn(other)));
  const derived: Node[] = [];
  const known = equalities.filter(({ other }) => isConstant(other));
  const seen = new Set(known.map(({ column, other }) => fingerprint([column, other])));
  for (const { column, other: constant, written } of known) {
    for (const join of joins.get(fingerprint(column)) ?? []) {
      const found = fingerprint([join.other, constant]);
      if (seen.has(found) || !carries(column, join.other, constant)) continue;
      seen.add(found);
      // The list grows while it is walked: what follows may have consequences of its own.
      known.push({ column: join.other, other: constant, written });
      derived.push({ A_Expr: { ...written, lexpr: join.other, rexpr: constant } });
    }
  }
  return derived;
}

function byColumn(equalities: readonly Equality[]): ReadonlyMap<string, readonly Equality[]> {
  const found = new Map<string, Equality[]>();
  for (const equality of equalities) {
    const key = fingerprint(equality.column);
    const same = found.get(key);
    if (same === undefined) found.set(key, [equality]);
    else same.push(equality);
  }
  return found;
}

/** Both ways round. */
function equalitiesOf(predicate: Node): Equality[] {
  if (!('A_Expr' in predicate) || predicate.A_Expr.kind !== 'AEXPR_OP') return [];
  const { name, lexpr, rexpr } = predicate.A_Expr;
  if (nameParts(name).join('.') !== '=' || lexpr === undefined || rexpr === undefined) return [];
  return [
    { column: lexpr, other: rexpr, written: predicate.A_Expr },
    { column: rexpr, other: lexpr, written: predicate.A_Expr },
  ].filter(({ column }) => isColumn(column));
}

const isColumn = (node: Node): boolean =>
  'ColumnRef' in node && nameParts(node.ColumnRef.fields).every((part) => part !== '*');

function isConstant(node: Node): boolean {
  if ('TypeCast' in node) return node.TypeCast.arg !== undefined && isConstant(node.TypeCast.arg);
  return ('A_Const' in node && node.A_Const.isnull !== true) || 'ParamRef' in node;
}
