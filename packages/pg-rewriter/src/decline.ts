/** Why a statement is not split. The slugs are stable: EXPLAIN and the tests name them. */
export type DeclineReason =
  | 'ambiguous-overload'
  | 'catalog-incomplete'
  | 'correlated-subquery'
  | 'data-modifying-with'
  | 'deparser-gap'
  | 'foreign-view-owner'
  | 'function-not-inlinable'
  | 'grouping-sets'
  | 'join-shape'
  | 'limit-with-ties'
  | 'recursive-with'
  | 'returning'
  | 'row-locking'
  | 'set-returning'
  | 'statement-kind'
  | 'subquery-in-expression'
  | 'unresolved-column'
  | 'volatile-condition';

/** Thrown while planning when a statement cannot be split; it is then replayed. */
export class Decline extends Error {
  readonly reason: DeclineReason;

  constructor(reason: DeclineReason, message: string) {
    super(message);
    this.name = 'Decline';
    this.reason = reason;
  }
}
