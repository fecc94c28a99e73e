import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leastRequests } from '../native-calls.js';
import { Oracle, type OracleSession } from '../oracle.js';
import { WAYS, type Way } from '../ways.js';
import { isKnown } from './known.js';
import { runScenario, type ScenarioOutcome } from './run-scenario.js';
import { type Drawn, scenarios } from './topics.js';
import { reset } from './writable.js';

/**
 * `ORACLE_STATEMENTS=20000 npm run oracle`; `ORACLE_SEED` repeats a run, `ORACLE_TOPICS=writes,triggers` is for some
 * topics, and `ORACLE_ONLY=17,4` for some statements of a run, by number.
 */
const numRuns = Number(process.env.ORACLE_STATEMENTS ?? 24);
const seed = Number(process.env.ORACLE_SEED ?? 20241128);
const only = process.env.ORACLE_ONLY?.split(',').map(Number);
const MILLISECONDS_A_STATEMENT = 10_000;
const MOST_SHOWN = 25;

let oracle: Oracle;
let sessions: Record<'native' | Way, OracleSession>;
beforeAll(async () => {
  await loadParser();
  // What hangs is a difference like any other.
  oracle = await Oracle.open('-c statement_timeout=30s');
  await oracle.define(await readFile(new URL('writable.sql', import.meta.url), 'utf8'));
  await oracle.onBoth(reset);
  sessions = await oracle.sessions();
}, 180_000);
afterAll(async () => {
  for (const way of WAYS) sessions?.[way].client.release?.();
  await oracle?.close();
});

it(`gives random statements their native meaning, whatever the way and the order (ORACLE_SEED=${seed})`, {
  timeout: 120_000 + numRuns * MILLISECONDS_A_STATEMENT,
}, async () => {
  const all = fc.sample(scenarios(process.env.ORACLE_TOPICS?.split(',')), { numRuns, seed });
  const chosen = all.map((scenario, number) => ({ scenario, number })).filter((s) => only?.includes(s.number) ?? true);
  const report = new Report();
  const truths = new Map<number, ScenarioOutcome>();
  for (const { scenario, number } of chosen) {
    oracle.forgetCalls();
    const native = await runScenario(sessions.native, scenario);
    const least = leastRequests(oracle.calls);
    truths.set(number, native);
    for (const way of shuffled(WAYS, seed + number)) {
      oracle.services.resetRequests();
      const found = await runScenario(sessions[way], scenario);
      const requests = new Map<string, number>();
      for (const { service, target } of oracle.services.requests.entries) {
        requests.set(`${service} ${target}`, (requests.get(`${service} ${target}`) ?? 0) + 1);
      }
      report.compare(number, scenario, way, native, found);
      if (way === 'batch' && found.declined === undefined)
        report.countRequests(number, scenario, native, least, requests);
    }
  }
  for (const { scenario, number } of shuffled(chosen, seed)) {
    report.compare(number, scenario, 'again', truths.get(number)!, await runScenario(sessions.chosen, scenario));
  }
  report.print();
  expect(report.differences.slice(0, MOST_SHOWN).join('\n\n')).toBe('');
});

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

class Report {
  readonly differences: string[] = [];
  readonly #ran = new Map<string, number>();
  #known = 0;

  compare(
    number: number,
    scenario: Drawn,
    way: Way | 'again',
    native: ScenarioOutcome,
    { seen, messages, declined }: ScenarioOutcome,
  ): void {
    if (declined !== undefined) return;
    this.#ran.set(way, (this.#ran.get(way) ?? 0) + 1);
    const [expected, got] = [native.seen, seen].map((s) => JSON.stringify(s));
    if (expected === got) return;
    const steps = scenario.steps.map((s) => `  ${s.sql}${s.values ? ` -- ${JSON.stringify(s.values)}` : ''}`);
    if (isKnown(scenario.topic, steps.join('\n'), way)) {
      this.#known++;
      return;
    }
    const at = seen.findIndex((s, i) => JSON.stringify(s) !== JSON.stringify(native.seen[i]));
    const [nativeStep, step] = [native.seen[at], seen[at]].map((s) => JSON.stringify(s)?.slice(0, 400));
    this.#differs(
      [
        `ORACLE_SEED=${seed} ORACLE_STATEMENTS=${numRuns} ORACLE_ONLY=${number} (${scenario.topic}), ${way}, step ${at + 1}:`,
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
    if (topic !== 'queries' || MAY_ASK_MORE.test(sql) || native.messages.length > 0 || least.size === 0) return;
    const sites = sql.match(CALLS)?.length ?? 0;
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

  print(): void {
    const ran = [...this.#ran].map(([way, count]) => `${way} ${count}`).join(', ');
    console.log(
      `${numRuns} random statements, seed ${seed}: ${ran}; ${this.differences.length} differences, ${this.#known} known`,
    );
  }
}
