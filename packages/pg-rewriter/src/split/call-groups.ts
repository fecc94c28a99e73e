/** Equal calls of a block taken together, and the order in which they can be planned. */
import { fingerprint } from '../ast/deparse.js';
import type { FuncCall, Node } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { PlanContext } from '../plan-context.js';
import type { Occurrence } from './occurrences.js';

export interface CallGroup {
  readonly key: string;
  readonly call: FuncCall;
  /** The conditions of which one must hold for the call to be reached; undefined where it always is. */
  readonly guards: readonly Node[] | undefined;
}

/** Equal calls are one; where one of them is always reached, the guards of the others don't matter. */
export function groupCalls(found: readonly Occurrence[]): CallGroup[] {
  const groups = new Map<string, { call: FuncCall; occurrences: Occurrence[] }>();
  for (const occurrence of found) {
    const key = fingerprint(occurrence.call);
    const group = groups.get(key) ?? { call: occurrence.call, occurrences: [] };
    group.occurrences.push(occurrence);
    groups.set(key, group);
  }
  return [...groups].map(([key, { call, occurrences }]) => ({ key, call, guards: guardsOf(occurrences) }));
}

/** The conditions of which one must hold for a call to be reached; undefined where it always is. */
export function guardsOf(occurrences: readonly Occurrence[]): Node[] | undefined {
  const guards = new Map<string, Node>();
  for (const { guard, path } of occurrences) {
    if (guard === undefined) return undefined;
    // Whoever reaches the inner of two nested branches has passed the outer one.
    const isInner = occurrences.some(
      (o) => o.path.length < path.length && o.path.every((frame, i) => frame === path[i]),
    );
    if (!isInner) guards.set(fingerprint(guard), guard);
  }
  return [...guards.values()];
}

export const callsIn = (tree: unknown, ctx: PlanContext): string[] => {
  const keys: string[] = [];
  forEachNode(tree, (node) => {
    if ('FuncCall' in node && ctx.isMlCall(node)) keys.push(fingerprint(node.FuncCall));
  });
  return keys;
};

/**
 * Plans each call after those that its arguments and conditions read. A call whose own result decides about other rows
 * of it (`CASE WHEN cheap OR f(x) THEN f(x) END`) is planned again once its other conditions can be evaluated.
 */
export function planInOrder(
  groups: readonly CallGroup[],
  ctx: PlanContext,
  plan: (group: CallGroup) => void,
  isPlanned: (key: string) => boolean,
): void {
  new Ordering(groups, ctx, plan, isPlanned).run();
}

class Ordering {
  readonly #groups: ReadonlyMap<string, CallGroup>;
  readonly #ctx: PlanContext;
  readonly #plan: (group: CallGroup) => void;
  readonly #isPlanned: (key: string) => boolean;
  /** The number of conditions that each call has been planned with. */
  readonly #plannedGuards = new Map<string, number>();
  /** Visited in this round: each once, or the rounds would follow every path through the conditions. */
  readonly #visited = new Set<string>();
  readonly #calls = new WeakMap<object, readonly string[]>();

  constructor(
    groups: readonly CallGroup[],
    ctx: PlanContext,
    plan: (group: CallGroup) => void,
    isPlanned: (key: string) => boolean,
  ) {
    this.#groups = new Map(groups.map((g) => [g.key, g]));
    this.#ctx = ctx;
    this.#plan = plan;
    this.#isPlanned = isPlanned;
  }

  run(): void {
    for (let before = -1; before < this.#plannedGuards.size; ) {
      before = this.#plannedGuards.size;
      this.#visited.clear();
      for (const key of this.#groups.keys()) this.#visit(key);
    }
    if (this.#plannedGuards.size < this.#groups.size) {
      throw new Decline('circular-condition', 'the conditions of two ML calls depend on each other');
    }
    for (const group of this.#groups.values()) this.#planReady(group);
  }

  #visit(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined || this.#plannedGuards.has(key) || this.#visited.has(key)) return;
    this.#visited.add(key);
    for (const tree of [group.call, ...(group.guards ?? [])]) {
      for (const needed of this.#callsIn(tree)) this.#visit(needed);
    }
    const argumentCalls = this.#callsIn(group.call);
    if (!argumentCalls.every((argument) => this.#isDone(argument))) return;
    // What arguments and conditions read must be there for every row that reaches this call now.
    this.#planReadyWithNeeded(group, new Set());
  }

  /** The distinct calls that a call's arguments or a condition make. */
  #callsIn(tree: FuncCall | Node): readonly string[] {
    let keys = this.#calls.get(tree);
    if (keys === undefined) {
      keys = [...new Set(callsIn(Object.values(tree), this.#ctx))];
      this.#calls.set(tree, keys);
    }
    return keys;
  }

  /** Earlier expressions may have planned it for fewer rows. */
  #isDone(key: string): boolean {
    return this.#groups.has(key) ? this.#plannedGuards.has(key) : this.#isPlanned(key);
  }

  /** Plans a call after those that are planned already and that its rows may need for more rows now. */
  #planReadyWithNeeded(group: CallGroup, seen: Set<string>): void {
    seen.add(group.key);
    for (const tree of [group.call, ...(group.guards ?? [])]) {
      for (const needed of this.#callsIn(tree)) {
        const inner = this.#groups.get(needed);
        if (inner !== undefined && !seen.has(needed) && this.#isDone(needed)) this.#planReadyWithNeeded(inner, seen);
      }
    }
    this.#planReady(group);
  }

  /** Plans a call with all conditions that can be evaluated, unless it was planned with as many. */
  #planReady(group: CallGroup | undefined): void {
    if (group === undefined) return;
    const guards = group.guards?.filter((g) => this.#callsIn(g).every((needed) => this.#isDone(needed)));
    const count = guards === undefined ? Number.POSITIVE_INFINITY : guards.length;
    if (count <= (this.#plannedGuards.get(group.key) ?? 0)) return;
    this.#plan(guards === undefined ? group : { ...group, guards });
    this.#plannedGuards.set(group.key, count);
  }
}
