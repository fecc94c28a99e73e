import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { OracleSession } from '../oracle.js';
import { comparable, declineOf, runForOutcome } from '../statement-outcome.js';
import type { Scenario, Step } from './scenario.js';
import { drawn, reset, written } from './writable.js';

/** What an application has seen of a scenario, and what is in the tables afterwards; comparable as it is. */
export interface ScenarioOutcome {
  readonly seen: readonly unknown[];
  /** The errors, in words. */
  readonly messages: readonly string[];
  /** Why the way that was forced could not run one of the steps. */
  readonly declined: string | undefined;
}

export async function runScenario(session: OracleSession, scenario: Scenario): Promise<ScenarioOutcome> {
  const seen: unknown[] = [];
  const messages: string[] = [];
  let declined: string | undefined;
  const { denies = '', onError = '' } = scenario.service ?? {};
  if (scenario.service !== undefined) await session.settle?.(denies, onError);
  for (const step of scenario.steps) {
    const outcome = await runStep(session, step);
    if (outcome.message !== undefined) messages.push(outcome.message);
    declined = outcome.declined;
    if (declined !== undefined) break;
    seen.push(outcome.seen);
  }
  const { client } = session;
  await ignoringErrors(client.query('ROLLBACK'));
  if (scenario.writes && declined === undefined) {
    seen.push(await session.look(written));
    if (messages.length === 0) seen.push(await session.look(drawn));
  }
  for (const sql of ['RESET ROLE', 'RESET ALL', 'CLOSE ALL', 'DEALLOCATE ALL']) await ignoringErrors(client.query(sql));
  for (const sql of scenario.clean?.split('; ') ?? []) await ignoringErrors(client.query(sql));
  if (scenario.writes) await session.look(reset);
  return { seen, messages, declined };
}

const ignoringErrors = (work: Promise<unknown>): Promise<unknown> => work.catch(() => {});

interface StepOutcome {
  readonly seen: unknown;
  readonly message: string | undefined;
  readonly declined: string | undefined;
}

async function runStep(session: OracleSession, step: Step): Promise<StepOutcome> {
  const { client } = session;
  const sql = session.textOf(step.sql);
  if (step.copied !== undefined) return runCopy(client, sql, step.copied);
  if (step.values === undefined && sql.includes(';')) return runTexts(client, sql);
  const outcome = await runForOutcome(client, sql, step.values, (oid) => session.typeName(oid));
  const failed = 'sqlState' in outcome;
  return {
    seen: comparable(outcome, step.ordered ?? false),
    message: failed ? outcome.message : undefined,
    declined: failed ? outcome.declined : undefined,
  };
}

const failure = (error: unknown): StepOutcome => {
  const { code = 'none', message } = error as { code?: string; message: string };
  return { seen: comparable({ sqlState: code, message }, false), message, declined: declineOf(error, message) };
};

/** Several statements have several results. */
async function runTexts(client: pg.ClientBase, sql: string): Promise<StepOutcome> {
  try {
    const answered = (await client.query({ text: sql, rowMode: 'array' })) as unknown as pg.QueryArrayResult[];
    const results = Array.isArray(answered) ? answered : [answered as pg.QueryArrayResult];
    const seen = results.map(({ command, rowCount, fields, rows }) => [
      command,
      rowCount,
      fields.map((f) => f.name),
      rows.map((row) => JSON.stringify(row)).sort(),
    ]);
    return { seen, message: undefined, declined: undefined };
  } catch (error) {
    return failure(error);
  }
}

async function runCopy(client: pg.ClientBase, sql: string, data: string): Promise<StepOutcome> {
  try {
    const copied = data === '' ? await copiedOut(client, sql) : await copyIn(client, sql, data);
    return { seen: copied, message: undefined, declined: undefined };
  } catch (error) {
    return failure(error);
  }
}

async function copiedOut(client: pg.ClientBase, sql: string): Promise<string> {
  let copied = '';
  for await (const chunk of client.query(copyTo(sql))) copied += String(chunk);
  return copied;
}

function copyIn(client: pg.ClientBase, sql: string, data: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(sql));
    stream.on('error', reject);
    stream.on('finish', () => resolve(stream.rowCount));
    stream.end(data);
  });
}
