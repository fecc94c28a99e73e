import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PlanContext } from '../../src/analysis/plan-context.js';
import { deparse } from '../../src/ast/deparse.js';
import { loadParser } from '../../src/ast/grammar.js';
import type { Node, SelectStmt } from '../../src/ast/node.js';
import { asSelect } from '../../src/ast/node.js';
import { parseStatement } from '../../src/ast/parse.js';
import { planStatement } from '../../src/plan-statement.js';
import { BrokenRule, checkQueryRule } from '../../src/rules/check-rule.js';
import { queryRules, statementRules } from '../../src/rules/list.js';
import type { QueryRule } from '../../src/rules/rule.js';
import { facts } from '../support/facts.js';

await loadParser();

const folder = new URL('../../src/rules/', import.meta.url);
const inList = new Set([...statementRules, ...queryRules].map(({ rule }) => rule.name));

it('every rule stands in the list under the name of its file', () => {
  const files = readdirSync(folder).filter((file) =>
    /: (?:Query|Statement)Rule =/.test(readFileSync(new URL(file, folder), 'utf8')),
  );
  expect(files.map((file) => file.replace(/\.ts$/, '')).toSorted()).toEqual([...inList].toSorted());
});

it('no rule is applied beside the list', () => {
  const others = ['split', 'migrate'].flatMap((name) => {
    const other = new URL(`../../src/${name}/`, import.meta.url);
    return readdirSync(other).map((file) => [file, readFileSync(new URL(file, other), 'utf8')] as const);
  });
  const own = others.filter(([, text]) => [...inList].some((rule) => text.includes(`rules/${rule}.js`)));
  // Names what a wrapper reaches, of which no plan is made.
  expect(own.map(([file]) => file)).toEqual(['reached-targets.ts']);
});

const ML = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

/** A rule that makes something else of the first query. */
const broken = (becomes: string, promises: Partial<QueryRule> = {}): QueryRule => ({
  name: 'broken',
  calls: [],
  idempotent: true,
  apply: () => select(becomes),
  ...promises,
});

const select = (sql: string): SelectStmt => asSelect(parseStatement(sql)) as SelectStmt;

function check(rule: QueryRule, sql: string): void {
  const ctx = new PlanContext(facts, sql);
  const before = select(sql);
  checkQueryRule(rule, before, rule.apply(before, ctx, new Map()), ctx, new Map());
}

it.each([
  ['loses a column', `SELECT id FROM reviews`, 'SELECT id, body FROM reviews', '2 output columns have become 1'],
  ['renames one', `SELECT id AS ident FROM reviews`, 'SELECT id FROM reviews', 'output column 1 has another name'],
  [
    'changes a type',
    'SELECT stars AS body FROM reviews',
    'SELECT body FROM reviews',
    'output column 1 was text and is integer',
  ],
  ['loses a call', 'SELECT NULL AS s FROM reviews', `SELECT ${ML} AS s FROM reviews`, '1 calls of aws_comprehend'],
  ['adds a call', `SELECT ${ML} AS s FROM reviews`, 'SELECT NULL AS s FROM reviews', '0 calls of aws_comprehend'],
])('a rule that %s is found out', (_fault, after, before, message) => {
  expect(() => check(broken(after), before)).toThrow(BrokenRule);
  expect(() => check(broken(after), before)).toThrow(message);
});

it('a rule that rewrites its own work is found out', () => {
  let n = 0;
  const apply = () => select(`SELECT id FROM reviews LIMIT ${n++}`);
  expect(() => check(broken('', { apply }), 'SELECT id FROM reviews')).toThrow(
    'it rewrites what it has written itself',
  );
  expect(() => check(broken('', { apply, idempotent: false }), 'SELECT id FROM reviews')).not.toThrow();
});

it('a rule does with calls what it declares, and no more', () => {
  const calls = (n: number) =>
    `SELECT ${Array.from({ length: n }, (_, i) => ML.replace('body', `body || ${i}`)).join(' || ')} AS s FROM reviews`;
  expect(() => check(broken(calls(1), { calls: ['drops'] }), calls(2))).not.toThrow();
  expect(() => check(broken(calls(2), { calls: ['drops'] }), calls(1))).toThrow(BrokenRule);
  expect(() => check(broken(calls(2), { calls: ['copies'] }), calls(1))).not.toThrow();
  expect(() => check(broken(calls(2), { calls: ['copies'] }), 'SELECT NULL AS s FROM reviews')).toThrow(BrokenRule);
  expect(() => check(broken(calls(2), { calls: ['reveals'] }), 'SELECT NULL AS s FROM reviews')).not.toThrow();
});

it('what the rules have changed can be traced, step by step', () => {
  const sql = `SELECT q.id FROM (SELECT id, ${ML} AS m FROM reviews) q WHERE q.m = 'MIXED'`;
  const trace: string[] = [];
  const text = (tree: object) => deparse('op' in tree ? { SelectStmt: tree as SelectStmt } : (tree as Node));
  planStatement(sql, facts, {
    watch: { applied: ({ rule, after }) => trace.push(`${rule}: ${text(after).replace(/\s+/g, ' ')}`) },
  });
  const call = (argument: string) => `(aws_comprehend.detect_sentiment(${argument}, 'en'`;
  expect(trace).toEqual([
    `name-outputs: SELECT q.id AS id FROM ( SELECT id AS id, ${call('body')})).sentiment AS m FROM reviews ) AS q WHERE q.m = 'MIXED'`,
    `expand-functions: SELECT q.id AS id FROM ( SELECT id AS id, ${call('body')}, NULL)).sentiment AS m FROM reviews ) AS q WHERE q.m = 'MIXED'`,
    `pull-up-subqueries: SELECT q.id AS id FROM ( SELECT id AS id, body AS ml_arg_1 FROM reviews ) AS q WHERE ${call('q.ml_arg_1')}, NULL)).sentiment = 'MIXED'`,
  ]);
});
