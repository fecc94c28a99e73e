/**
 * Long chains of conditions (CASE with many branches, OR of many terms), written so that the condition of each branch
 * does not repeat all earlier ones.
 *
 * `CASE WHEN t1 THEN a WHEN t2 THEN b … END` reaches branch n where none of n - 1 tests holds. Written out for each
 * branch, that is a text that grows with the square of the branches. So the tests of a long chain are folded into shared
 * conditions, each of which contains the one before; a pipeline gives each a column, and branches read that.
 */
import { isNode, type Node } from '../ast/node.js';

/** So many tests are written out for each branch. */
const MOST_WRITTEN_OUT = 16;

const shared = new WeakSet<object>();

/** Whether many conditions contain this one. */
export const isShared = (node: Node): boolean => shared.has(node);

/** Marks a condition that many others contain. */
export function share(condition: Node): Node {
  shared.add(condition);
  return condition;
}

const known = new WeakMap<object, readonly Node[]>();
const NONE: readonly Node[] = [];

/** The shared conditions in a tree, without those that others of them contain. */
export function sharedIn(tree: unknown): readonly Node[] {
  if (typeof tree !== 'object' || tree === null) return NONE;
  if (shared.has(tree)) return [tree as Node];
  const before = known.get(tree);
  if (before !== undefined) return before;
  let found: readonly Node[] = NONE;
  for (const child of Object.values(tree) as unknown[]) {
    const more = sharedIn(child);
    if (more.length > 0) found = found.length === 0 ? more : [...new Set([...found, ...more])];
  }
  if (found !== NONE || isNode(tree)) known.set(tree, found);
  return found;
}

/** What a chain asks about its surroundings. */
export interface ChainContext {
  /** Makes an expression one that is evaluated only where the chain is, and NULL elsewhere. */
  within(expression: Node): Node;
  /** The keys of the ML calls of a test. */
  callsIn(test: Node): readonly string[];
  /** The keys of those among them that are made wherever the test is evaluated. */
  certainCallsIn(test: Node): readonly string[];
}

/**
 * Tests that follow one another, from the first that makes new calls on. Those after `settled` make only calls that the
 * ones before have made: their values are there as soon as those of the ones before.
 */
interface Run {
  readonly start: number;
  settled: number;
  end: number;
  /** The position of the test that is the first to hold: of this run, -1 for an earlier one, NULL where none does. */
  firstHeld?: Node;
}

/** The tests of one chain, in the order of their evaluation. */
export class TestChain {
  readonly #tests: readonly Node[];
  readonly #context: ChainContext;
  readonly #runs: readonly Run[];

  constructor(tests: readonly Node[], context: ChainContext) {
    this.#tests = tests;
    this.#context = context;
    this.#runs = tests.length > MOST_WRITTEN_OUT ? runsOf(tests, context) : [];
  }

  /** Conditions of which none may hold where the test at a position is evaluated; the end is a position, too. */
  before(position: number): Node[] {
    if (position <= MOST_WRITTEN_OUT) return this.#tests.slice(0, position);
    const number = this.#runs.findIndex((run) => position <= run.end);
    const run = this.#runs[number] as Run;
    if (position > run.settled) return [compare('<', this.#firstHeld(number), position)];
    return [...this.#earlierRuns(number), ...this.#tests.slice(run.start, position)];
  }

  /** A condition that holds where the test at a position is the first to hold; undefined where none is shorter. */
  isFirst(position: number): Node | undefined {
    const number = this.#runs.findIndex((run) => position < run.end);
    const written = position < MOST_WRITTEN_OUT || position < (this.#runs[number]?.settled ?? 0);
    return number < 0 || written ? undefined : compare('=', this.#firstHeld(number), position);
  }

  #firstHeld(number: number): Node {
    const run = this.#runs[number] as Run;
    run.firstHeld ??= share(this.#context.within(this.#firstThatHolds(number, run)));
    return run.firstHeld;
  }

  #firstThatHolds(number: number, { start, end }: Run): Node {
    const branches: Node[] = this.#earlierRuns(number).map((expr) => ({ CaseWhen: { expr, result: integer(-1) } }));
    for (const [i, expr] of this.#tests.slice(start, end).entries()) {
      branches.push({ CaseWhen: { expr, result: integer(start + i) } });
    }
    return { CaseExpr: { args: branches } };
  }

  #earlierRuns(number: number): Node[] {
    return number === 0 ? [] : [{ NullTest: { arg: this.#firstHeld(number - 1), nulltesttype: 'IS_NOT_NULL' } }];
  }
}

function runsOf(tests: readonly Node[], context: ChainContext): Run[] {
  const runs: Run[] = [];
  const made = new Set<string>();
  for (const [position, test] of tests.entries()) {
    const isNew = context.callsIn(test).some((key) => !made.has(key));
    for (const key of context.certainCallsIn(test)) made.add(key);
    let run = runs.at(-1);
    if (run === undefined || (isNew && run.end - run.start >= MOST_WRITTEN_OUT)) {
      run = { start: position, settled: position, end: position };
      runs.push(run);
    }
    run.end = position + 1;
    if (isNew) run.settled = run.end;
  }
  return runs;
}

const integer = (ival: number): Node => ({ A_Const: { ival: ival === 0 ? {} : { ival } } });

const compare = (operator: string, lexpr: Node, position: number): Node => ({
  A_Expr: {
    kind: 'AEXPR_OP',
    name: [{ String: { sval: 'pg_catalog' } }, { String: { sval: operator } }],
    lexpr,
    rexpr: integer(position),
  },
});
