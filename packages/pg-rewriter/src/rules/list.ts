/**
 * The rules, in the order in which they work: the one place where that is decided. A statement that is cut for its
 * batches (`split`) and one that EXPLAIN shows with its calls in FROM (`migrate`) take the same rules, each those that
 * are for it. What is left to `split` and `migrate` themselves is the cut, and the move into FROM.
 */

import { callsFromFromClauseRule } from './calls-from-from-clause.js';
import { expandFunctionsRule } from './expand-functions.js';
import { expandStarsRule } from './expand-stars.js';
import { expandViewsRule } from './expand-views.js';
import { inlineCtesRule } from './inline-ctes.js';
import { keepQueryTextRule } from './keep-query-text.js';
import { liftAggregatesRule } from './lift-aggregates.js';
import { liftJoinPredicatesRule } from './lift-join-predicates.js';
import { liftLimitRule } from './lift-limit.js';
import { liftLimitedOutputsRule } from './lift-limited-outputs.js';
import { liftWindowsRule } from './lift-windows.js';
import { nameOutputsRule } from './name-outputs.js';
import { pruneUnreadColumnsRule } from './prune-unread-columns.js';
import { pullUpSubqueriesRule } from './pull-up-subqueries.js';
import { pushDownPredicatesRule } from './push-down-predicates.js';
import type { QueryRule, StatementRule } from './rule.js';

/** What a statement is rewritten for. */
export type Purpose = 'split' | 'migrate';

/**
 * When the rules on queries work: on a `query` with all its parts; on a `block`, to give its calls one form and the right
 * height; to `lift` what decides which rows a block has below its calls. `split` plans a block's subqueries before the
 * last, and begins again with what was lifted.
 */
export type Stage = 'query' | 'block' | 'lift';

interface Place<Rule> {
  readonly rule: Rule;
  /** Why the rule stands here. */
  readonly because: string;
}

export interface QueryPlace extends Place<QueryRule> {
  readonly stage: Stage;
  readonly purposes: readonly Purpose[];
}

const both: readonly Purpose[] = ['split', 'migrate'];
const split: readonly Purpose[] = ['split'];
const migrate: readonly Purpose[] = ['migrate'];

/** On the statement, before its queries are looked at. */
export const statementRules: readonly Place<StatementRule>[] = [
  { rule: nameOutputsRule, because: 'names come from expressions as they were written' },
  { rule: expandViewsRule, because: 'the functions that views call are expanded with all others' },
  { rule: expandFunctionsRule, because: 'the rules on queries know no calls but those of ML functions' },
  { rule: keepQueryTextRule, because: 'views and functions that show the text of the query stand in it by now' },
];

export const queryRules: readonly QueryPlace[] = [
  {
    rule: inlineCtesRule,
    stage: 'query',
    purposes: split,
    because: 'a CTE that is used once is a subquery to all that follows',
  },
  {
    rule: expandStarsRule,
    stage: 'block',
    purposes: both,
    because: 'the items of FROM that the stars mean are all there, and no others yet',
  },
  {
    rule: liftJoinPredicatesRule,
    stage: 'block',
    purposes: both,
    because: 'ON may mention calls that stand in FROM, and they are to leave it',
  },
  {
    rule: callsFromFromClauseRule,
    stage: 'block',
    purposes: split,
    because: 'expressions are the one form of a call from here on',
  },
  {
    rule: pullUpSubqueriesRule,
    stage: 'block',
    purposes: split,
    because: 'calls see fewer rows the higher they stand',
  },
  {
    rule: liftJoinPredicatesRule,
    stage: 'block',
    purposes: split,
    because: 'names in ON may stand for calls that came up from subqueries',
  },
  {
    rule: pruneUnreadColumnsRule,
    stage: 'block',
    purposes: split,
    because: 'stars are written out and calls have come up: what is not named now is not read',
  },
  {
    rule: pushDownPredicatesRule,
    stage: 'block',
    purposes: split,
    because: 'the calls that are still below see fewer rows, and columns that are not read take no predicate',
  },
  {
    rule: liftAggregatesRule,
    stage: 'lift',
    purposes: both,
    because: 'groups come before windows, as in the evaluation of a query: windows may be over groups',
  },
  { rule: liftWindowsRule, stage: 'lift', purposes: both, because: 'a block has no groups any more' },
  {
    rule: liftLimitRule,
    stage: 'lift',
    purposes: migrate,
    because: 'sort keys that are groups or windows are columns by now',
  },
  {
    rule: liftLimitedOutputsRule,
    stage: 'lift',
    purposes: split,
    because: 'sort keys that are groups or windows are columns by now; a LIMIT that no call decides is left to the cut',
  },
];
