import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isStar } from '../src/analysis/star.js';
import { loadParser } from '../src/ast/grammar.js';
import type { Node, SelectStmt } from '../src/ast/node.js';
import { parseStatement } from '../src/ast/parse.js';
import { forEachNode } from '../src/ast/walk.js';
import type { BatchPlan } from '../src/plan.js';
import { planStatement } from '../src/plan-statement.js';
import { nameOutputs } from '../src/rules/name-outputs.js';
import { facts } from './support/facts.js';
import { renderPlan, textsOf } from './support/plan-text.js';

/**
 * `cases/<rule>/<situation>/input.sql` is written by hand: a comment that says what it is about, and a statement.
 * `npm run golden:update` writes the rest: `plan.txt`, or `declined.txt` with the reason.
 */
const FOLDER = new URL('cases/', import.meta.url);
const update = process.env.UPDATE_GOLDENS === '1';
if (update && process.env.CI !== undefined) throw new Error('expected plans are written by people, not by CI');

await loadParser();

const cases = readdirSync(FOLDER).flatMap((rule) =>
  readdirSync(new URL(`${rule}/`, FOLDER)).map((situation) => `${rule}/${situation}`),
);

describe.each(cases)('%s', (name) => {
  const folder = new URL(`${name}/`, FOLDER);
  const sql = readFileSync(new URL('input.sql', folder), 'utf8');
  const outcome = planStatement(sql, facts);

  it('is planned as written down', () => {
    if (outcome.kind === 'needs-facts') throw new Error('the facts of the tests answer everything');
    if (outcome.kind === 'declined') expectFile(folder, 'declined.txt', `${outcome.reason}: ${outcome.message}\n`);
    else expectFile(folder, 'plan.txt', renderPlan(sql, outcome));
  });

  it('is planned alike every time, by rules that keep what they promise', () => {
    expect(planStatement(sql, facts, { watch: { checks: true } })).toEqual(outcome);
    expect(planStatement(sql, facts, { watch: { checks: true }, countsCalls: true }).kind).toBe(outcome.kind);
  });

  if (outcome.kind !== 'batch') return;

  it('leaves no ML call to PostgreSQL', () => {
    for (const text of textsOf(outcome)) expect(planStatement(text, facts), text).toEqual({ kind: 'plain' });
  });

  it('keeps the names of the columns', () => {
    const [before, after] = [outputNames(parseStatement(sql)), outputNames(parseStatement(remainderOf(outcome)))];
    if (before !== undefined) expect(after).toEqual(before);
  });

  it('keeps the numbers of the parameters', () => {
    const own = new Set(parameters(sql));
    const added = outcome.pipelines.length === 0 ? 0 : Math.max(0, ...own);
    for (const text of textsOf(outcome)) {
      for (const number of parameters(text)) expect(own.has(number) || number > added, text).toBe(true);
    }
  });
});

it.each(readdirSync(FOLDER))('%s has a case that it rewrites and one that it leaves', (rule) => {
  const situations = readdirSync(new URL(`${rule}/`, FOLDER));
  const has = (file: string): boolean => situations.some((s) => existsSync(new URL(`${rule}/${s}/${file}`, FOLDER)));
  expect(has('plan.txt')).toBe(true);
  expect(has('declined.txt') || situations.some((s) => s.startsWith('not-'))).toBe(true);
});

function expectFile(folder: URL, name: string, text: string): void {
  if (update) {
    for (const file of ['plan.txt', 'declined.txt']) rmSync(new URL(file, folder), { force: true });
    writeFileSync(new URL(name, folder), text);
  }
  expect(text).toBe(readFileSync(new URL(name, folder), 'utf8'));
}

const remainderOf = (plan: BatchPlan): string => textsOf(plan).at(-1) ?? '';

/** Undefined where the statement has stars, or columns that its SELECT list doesn't name. */
function outputNames(statement: Node): string[] | undefined {
  const named = nameOutputs(statement);
  let select: SelectStmt | undefined = 'SelectStmt' in named ? named.SelectStmt : undefined;
  while (select?.larg !== undefined) select = select.larg;
  const targets = select?.targetList?.flatMap((t) => ('ResTarget' in t ? [t.ResTarget] : []));
  if (targets === undefined || targets.some((t) => t.val !== undefined && isStar(t.val))) return undefined;
  return targets.map((t) => t.name ?? '');
}

function parameters(sql: string): number[] {
  const numbers: number[] = [];
  forEachNode(parseStatement(sql), (node) => {
    if ('ParamRef' in node) numbers.push(node.ParamRef.number ?? 0);
  });
  return numbers;
}
