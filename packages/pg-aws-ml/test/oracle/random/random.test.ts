import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leastRequests } from '../native-calls.js';
import { Oracle, type OracleSession } from '../oracle.js';
import { WAYS, type Way } from '../ways.js';
import { reasonWhy } from './known.js';
import { runScenario, type ScenarioOutcome } from './run-scenario.js';
import { type Drawn, scenarios } from './topics.js';
import { reset } from './writable.js';

/**
 * `ORACLE_STATEMENTS=20000 npm run oracle`: so many statements, in scenarios of one or more. `ORACLE_SEED` repeats a run,
 * `ORACLE_TOPICS=writes,triggers` is for some topics, and `ORACLE_ONLY=17,4` for some scenarios of a run, by number.
 */
const statements = Number(process.env.ORACLE_STATEMENTS ?? 50);
const seed = Number(process.env.ORACLE_SEED ?? 20241128);
const only = process.env.ORACLE_ONLY?.split(',').map(Number);
const MILLISECONDS_A_STATEMENT = 10_000;
const MOST_SHOWN = 25;

/** Databases in which statements run side by side, each with its share of them: most of the time is spent waiting. */
const lanes = Number(process.env.ORACLE_LANES ?? 1);

interface Lane {
  readonly oracle: Oracle;
  /** For scenarios in which a failed call is an error. */
  readonly sessions: Record<'native' | Way, OracleSession>;
  /** And for those in which it is NULL; opened by the first. */
  lenient?: Record<'native' | Way, OracleSession>;
}

async function sessionsFor(lane: Lane, { service }: Drawn): Promise<Record<'native' | Way, OracleSession>> {
  if (service?.onError !== 'null') return lane.sessions;
  lane.lenient ??= await lane.oracle.sessions('null');
  return lane.lenient;
}

async function openLane(): Promise<Lane> {
  // What hangs is a difference like any other.
  const oracle = await Oracle.open('-c statement_timeout=120s');
  await oracle.define(await readFile(new URL('writable.sql', import.meta.url), 'utf8'));
  await oracle.onBoth(reset);
  return { oracle, sessions: await oracle.sessions() };
}

const opened: Lane[] = [];
beforeAll(async () => {
  await loadParser();
  for (let i = 0; i < lanes; i++) opened.push(await openLane());
}, 180_000);
afterAll(async () => {
  for (const { oracle, sessions, lenient } of opened) {
    for (const way of WAYS) for (const all of [sessions, lenient]) all?.[way].client.release?.();
    await oracle.close();
  }
});

it(`gives random statements their native meaning, whatever the way and the order (ORACLE_SEED=${seed})`, {
  timeout: 120_000 + statements * MILLISECONDS_A_STATEMENT,
}, async () => {
  const chosen = drawnScenarios().filter((s) => only?.includes(s.number) ?? true);
  const report = new Report();
  await Promise.all(
    opened.map((lane, i) =>
      runLane(
        lane,
        chosen.filter((_, n) => n % lanes === i),
        report,
      ),
    ),
  );
  report.print();
  expect(report.differences.slice(0, MOST_SHOWN).join('\n\n')).toBe('');
});

interface Numbered {
  readonly scenario: Drawn;
  /** In the order in which they were drawn. */
  readonly number: number;
}

async function runLane(lane: Lane, chosen: readonly Numbered[], report: Report): Promise<void> {
  const { oracle } = lane;
  const truths = new Map<number, ScenarioOutcome>();
  for (const { scenario, number } of chosen) {
    const sessions = await sessionsFor(lane, scenario);
    oracle.forgetCalls();
    const native = await runScenario(sessions.native, scenario);
    const least = leastRequests(oracle.calls);
    truths.set(number, native);
    for (const way of shuffled(WAYS, seed + number)) {
      oracle.services.resetRequests();
      oracle.services.setFaults(scenario.service?.faults);
      const found = await runScenario(sessions[way], scenario);
      const requests = oracle.requests();
      report.compare(number, scenario, way, native, found);
      report.made(requests);
      if (way === 'batch' && found.declined === undefined)
        report.countRequests(number, scenario, native, least, requests);
    }
  }
  for (const { scenario, number } of shuffled(chosen, seed)) {
    const { chosen: session } = await sessionsFor(lane, scenario);
    oracle.services.setFaults(scenario.service?.faults);
    report.compare(number, scenario, 'again', truths.get(number)!, await runScenario(session, scenario));
  }
}

/** As many as hold the statements that are wanted. */
function drawnScenarios(): Numbered[] {
  const all = fc.sample(scenarios(process.env.ORACLE_TOPICS?.split(',')), { numRuns: statements, seed });
  let [taken, held] = [0, 0];
  while (held < statements) held += all[taken++]?.steps.length ?? statements;
  return all.slice(0, taken).map((scenario, number) => ({ scenario, number }));
}

/** The same order for the same seed. */
function shuffled<T>(list: readonly T[], from: number): T[] {
  const [order] = fc.sample(fc.shuffledSubarray([...list.keys()], { minLength: list.length }), {
    numRuns: 1,
    seed: from,
  });
  return order!.map((i) => list[i]!);
}

/** What may be a batch that is not full: each place where a statement makes calls. */
const CALLS = /detect_sentiment\(|mood_of\(|invoke_\w+\(|review_moods/g;

/**
 * Shapes for which more requests than the least are known: a call that is needed first under a condition, then without;
 * columns of combined queries whose types differ; joins above a subquery and DISTINCT of a value that a predicate fixes,
 * which native evaluation ends early. The cases of the oracle suite count theirs. A LIMIT above an ML predicate or an ML
 * sort key leaves open how many rows were needed.
 */
const MAY_ASK_MORE = /\b(?:OR|CASE|COALESCE|UNION|INTERSECT|EXCEPT|LIMIT|OFFSET|FETCH)\b|SELECT DISTINCT|\) q JOIN/;

/** Of calls that select rows on both sides of a join, native evaluation makes the second ones for what the first leave. */
const joinsByCalls = (sql: string): boolean =>
  sql.includes(' JOIN ') && (sql.slice(sql.lastIndexOf(' WHERE ')).match(CALLS)?.length ?? 0) > 1;

class Report {
  readonly differences: string[] = [];
  /** Statements, by way. */
  readonly #ran = new Map<string, number>();
  readonly #known = new Map<string, number>();
  #scenarios = 0;
  #requests = 0;
  /** Statements whose requests were compared with the least, and those requests. */
  readonly #counted = { statements: 0, requests: 0, least: 0 };

  compare(
    number: number,
    scenario: Drawn,
    way: Way | 'again',
    native: ScenarioOutcome,
    { seen, messages, declined }: ScenarioOutcome,
  ): void {
    if (declined !== undefined) return;
    if (way === 'chosen') this.#scenarios++;
    this.#ran.set(way, (this.#ran.get(way) ?? 0) + scenario.steps.length);
    const [expected, got] = [native.seen, seen].map((s) => JSON.stringify(s));
    if (expected === got) return;
    const { service } = scenario;
    const setting = service === undefined ? [] : [`  -- ${JSON.stringify(service)}`];
    const steps = scenario.steps.map((s) => `  ${s.sql}${s.values ? ` -- ${JSON.stringify(s.values)}` : ''}`);
    const at = seen.findIndex((s, i) => JSON.stringify(s) !== JSON.stringify(native.seen[i]));
    const why = reasonWhy({
      topic: scenario.topic,
      text: steps.join('\n'),
      way,
      found: seen[at],
      at,
      steps: steps.length,
    });
    if (why !== undefined) {
      this.#known.set(why, (this.#known.get(why) ?? 0) + 1);
      return;
    }
    const [nativeStep, step] = fromWhereTheyDiffer(JSON.stringify(native.seen[at]), JSON.stringify(seen[at]));
    this.#differs(
      [
        `ORACLE_SEED=${seed} ORACLE_STATEMENTS=${statements} ORACLE_ONLY=${number} (${scenario.topic}), ${way}, step ${at + 1}:`,
        ...setting,
        ...steps,
        `natively ${nativeStep} ${native.messages.join(' | ')}`,
        `${way} ${step} ${messages.join(' | ')}`,
      ].join('\n'),
    );
  }

  countRequests(
    number: number,
    { topic, steps }: Drawn,
    native: ScenarioOutcome,
    least: ReadonlyMap<string, number>,
    requests: ReadonlyMap<string, number>,
  ): void {
    const [{ sql }] = steps as [{ sql: string }];
    // A condition without columns that is false (`'a' = 'b'`) stops native evaluation before it begins.
    if (
      topic !== 'queries' ||
      MAY_ASK_MORE.test(sql) ||
      joinsByCalls(sql) ||
      native.messages.length > 0 ||
      least.size === 0
    )
      return;
    const sites = sql.match(CALLS)?.length ?? 0;
    this.#counted.statements++;
    this.#counted.requests += sum(requests.values());
    this.#counted.least += sum(least.values());
    for (const [target, count] of requests) {
      const needed = least.get(target) ?? 0;
      // Of predicates with nested calls, the inner ones of the second may run beside the outer ones of the first.
      if (count < needed + sites) continue;
      this.#differs(`ORACLE_ONLY=${number}: ${count} requests to ${target}, ${needed} are needed\n  ${sql}`);
    }
  }

  /** At once: a run may take hours. */
  #differs(difference: string): void {
    console.log(`${difference}\n`);
    this.differences.push(difference);
  }

  made(requests: ReadonlyMap<string, number>): void {
    this.#requests += sum(requests.values());
  }

  print(): void {
    const compared = sum(this.#ran.values());
    const ways = [...this.#ran].map(([way, count]) => `${way} ${count}`).join(', ');
    const { statements: counted, requests, least } = this.#counted;
    const known = [...this.#known].map(([why, count]) => `\n  ${count} times ${why}`).join('');
    console.log(
      `seed ${seed}: ${this.#ran.get('chosen')} random statements in ${this.#scenarios} scenarios, ` +
        `compared ${compared} times (${ways}); ${this.#requests} requests, ` +
        `of which ${requests} are those of ${counted} statements that need ${least}; ` +
        `${this.differences.length} differences, ${sum(this.#known.values())} known${known}`,
    );
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

/** Long answers differ somewhere. */
function fromWhereTheyDiffer(expected = '', got = ''): [string, string] {
  let start = 0;
  while (start < expected.length && expected[start] === got[start]) start++;
  const from = Math.max(0, start - 150);
  return [expected.slice(from, from + 500), got.slice(from, from + 500)];
}
