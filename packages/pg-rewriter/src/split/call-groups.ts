/** Equal calls of a block taken together, and the order in which they can be planned. */

import type { PlanContext } from '../analysis/plan-context.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import type { Occurrence } from './occurrences.js';

export interface CallGroup {
  readonly key: string;
  readonly call: FuncCall;
  /** The conditions of which one must hold for the call to be reached; undefined where it always is. */
  readonly guards: readonly Node[] | undefined;
}

interface FoundCall {
  readonly key: string;
  readonly call: FuncCall;
  readonly reached: readonly Reached[];
}

/** A condition under which a call is reached. */
interface Reached {
  /** Undefined where it is reached always. */
  readonly guard: Node | undefined;
  readonly path: readonly string[];
  /** When the call is first needed under it, in the order of evaluation. */
  readonly turn: number;
}

/** Equal calls are one; where one of them is always reached, the guards of the others don't matter. */
export function groupCalls(found: readonly Occurrence[]): CallGroup[] {
  return foundCalls(found).map(({ key, call, reached }) => ({ key, call, guards: guardsIn(reached) }));
}

function foundCalls(found: readonly Occurrence[]): FoundCall[] {
  const turns = new Map(found.map((occurrence, turn) => [occurrence, turn]));
  const byKey = new Map<string, Occurrence[]>();
  for (const occurrence of found) {
    const key = fingerprint(occurrence.call);
    const occurrences = byKey.get(key) ?? [];
    occurrences.push(occurrence);
    byKey.set(key, occurrences);
  }
  return [...byKey].map(([key, occurrences]) => ({
    key,
    call: (occurrences[0] as Occurrence).call,
    reached: reachedUnder(occurrences, (occurrence) => turns.get(occurrence) as number),
  }));
}

/** The conditions of which one must hold for a call to be reached; undefined where it always is. */
export const guardsOf = (occurrences: readonly Occurrence[]): Node[] | undefined =>
  guardsIn(reachedUnder(occurrences, () => 0));

function guardsIn(reached: readonly Reached[]): Node[] | undefined {
  const widest = reached.filter((inner) => !reached.some((outer) => covers(outer, inner)));
  const guards = widest.map(({ guard }) => guard).filter((guard) => guard !== undefined);
  return guards.length === widest.length ? guards : undefined;
}

/** Whoever reaches the inner of two nested branches has passed the outer one. */
function covers(outer: Reached, inner: Reached): boolean {
  if (outer.guard === undefined) return inner.guard !== undefined;
  return outer.path.length < inner.path.length && outer.path.every((frame, i) => frame === inner.path[i]);
}

function reachedUnder(occurrences: readonly Occurrence[], turnOf: (occurrence: Occurrence) => number): Reached[] {
  const byGuard = new Map<string, Reached>();
  for (const occurrence of occurrences) {
    const { guard, path } = occurrence;
    const key = guard === undefined ? '' : fingerprint(guard);
    if (!byGuard.has(key)) byGuard.set(key, { guard, path, turn: turnOf(occurrence) });
  }
  return [...byGuard.values()];
}

/** How many ML calls a tree makes, each as often as it is written. */
export function countCalls(tree: unknown, ctx: PlanContext): number {
  let count = 0;
  forEachNode(tree, (node) => {
    if (ctx.isMlCall(node)) count += 1;
  });
  return count;
}

/**
 * The calls to plan, each after those that its arguments and conditions read, for all rows for which it is needed by then: in the
 * order of evaluation, but with each condition that can be evaluated already. A call whose own result decides about other
 * rows of it (`CASE WHEN cheap OR f(x) THEN f(x) END`) is planned again once its other conditions can be evaluated.
 */
export function* inOrder(
  found: readonly Occurrence[],
  ctx: PlanContext,
  isPlanned: (key: string) => boolean,
): Generator<CallGroup> {
  const calls = foundCalls(found);
  const ordering = new Ordering(calls, ctx, isPlanned);
  const turns = calls.flatMap((call) => call.reached.map((reached) => ({ call, reached })));
  for (const { call, reached } of turns.sort((x, y) => x.reached.turn - y.reached.turn)) {
    if (ordering.isPlanned(call, reached)) continue;
    ordering.markPlanned(call.reached.filter((other) => other === reached || ordering.isReady(call, other)));
    yield { key: call.key, call: call.call, guards: guardsIn(call.reached.filter((r) => ordering.isPlanned(call, r))) };
  }
}

class Ordering {
  readonly #found: ReadonlyMap<string, FoundCall>;
  readonly #ctx: PlanContext;
  readonly #isPlannedBefore: (key: string) => boolean;
  readonly #planned = new Set<Reached>();

  constructor(calls: readonly FoundCall[], ctx: PlanContext, isPlannedBefore: (key: string) => boolean) {
    this.#found = new Map(calls.map((call) => [call.key, call]));
    this.#ctx = ctx;
    this.#isPlannedBefore = isPlannedBefore;
  }

  /** For all rows that reach the call so, be it under a wider condition. */
  isPlanned({ reached: all }: FoundCall, reached: Reached): boolean {
    return this.#planned.has(reached) || all.some((outer) => this.#planned.has(outer) && covers(outer, reached));
  }

  markPlanned(reached: readonly Reached[]): void {
    for (const each of reached) this.#planned.add(each);
  }

  /** Whether all that a call reads, where it is reached so, is there: arguments, and what the condition depends on. */
  isReady({ call }: FoundCall, { guard, turn }: Reached): boolean {
    return [call.args, call.agg_filter, call.agg_order, call.over, guard].every((read) =>
      this.#ctx.mlCallsIn(read).every((key) => {
        const needed = this.#found.get(key);
        if (needed === undefined) return this.#isPlannedBefore(key);
        return needed.reached.every((r) => r.turn >= turn || this.isPlanned(needed, r));
      }),
    );
  }
}
