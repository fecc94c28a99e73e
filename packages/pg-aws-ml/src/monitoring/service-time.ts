import type { FunctionStats, MlCall, StatementInvocations } from 'aws-ml-core';
import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ReachingFunction } from '../catalog/facts.js';
import { answerTime } from '../pool-state/call-counters.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { settle } from '../server/transaction.js';

/** Counts the time in which services answered as time of the ML functions: the server has not waited for it. */
export function chargeServiceTime({ session, state }: StatementContext, stats: readonly FunctionStats[]): void {
  if (session.trackFunctions === 'none') return;
  for (const stat of stats) state.callCounters.addTime(stat.function, answerTime(stat));
}

interface Charged {
  readonly context: StatementContext;
  readonly invocations: StatementInvocations;
}

/**
 * Invokes what a collect run has asked for, and counts the time also as time of the functions from whose bodies the
 * calls came: each call an equal share.
 */
export async function chargingCallers(
  { context, invocations }: Charged,
  stacks: ReadonlyMap<MlCall, string>,
  invoke: () => Promise<void>,
): Promise<void> {
  const { connection, session, state } = context;
  if (session.trackFunctions === 'none') return invoke();
  const before = new Map(invocations.stats().map((stat) => [stat.function, answerTime(stat)]));
  await invoke();
  const { functions } = await state.catalog.mlReach(connection);
  await settle(context);
  const callers = new Callers(functions.values());
  for (const stat of invocations.stats()) {
    const time = answerTime(stat) - (before.get(stat.function) ?? 0);
    state.callCounters.addTime(stat.function, time);
    const calls = [...stacks].filter(([call]) => call.function === stat.function);
    for (const [, stack] of calls) {
      for (const oid of callers.in(stack)) state.callCounters.addTime(oid, time / calls.length);
    }
  }
}

/** `SQL function "mood" statement 1`, `PL/pgSQL function shop.mood(text) line 3 at RETURN` */
const RUNNING = /^(?:SQL|PL\/\w+) function (?:"([^"]+)"|(?:[^(]*\.)?"?([^".(]+)"?\()/gm;

/** Finds functions in the server's account of what was running. It gives bare names: one that two share is left out. */
class Callers {
  readonly #oids = new Map<string, number | undefined>();

  constructor(functions: Iterable<ReachingFunction>) {
    for (const { oid, schema, name } of functions) {
      if (!isMlFunction(schema, name)) this.#oids.set(name, this.#oids.has(name) ? undefined : oid);
    }
  }

  in(stack: string): Set<number> {
    const oids = [...stack.matchAll(RUNNING)].map(([, quoted, name]) => this.#oids.get(quoted ?? name ?? ''));
    return new Set(oids.filter((oid) => oid !== undefined));
  }
}

const isMlFunction = (schema: string, name: string): boolean =>
  mlFunctions.some((f) => f.schema === schema && f.name === name);
