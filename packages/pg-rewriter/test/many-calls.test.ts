import { expect, it } from 'vitest';
import { loadParser } from '../src/ast/grammar.js';
import { parseStatement } from '../src/ast/parse.js';
import { nodesWalked } from '../src/ast/walk.js';
import { migrate } from '../src/migrate/migrate.js';
import { planSteps } from '../src/plan-statement.js';
import { facts } from './support/facts.js';
import { textsOf } from './support/plan-text.js';

await loadParser();

const call = (i: number): string => `(aws_comprehend.detect_sentiment(body || '${i}', 'en')).sentiment`;
const list = (n: number, item: (i: number) => string, separator = ', '): string =>
  Array.from({ length: n }, (_, i) => item(i)).join(separator);

/** Statements of n calls, by the form in which they stand together. */
const forms: Readonly<Record<string, (n: number) => string>> = {
  AND: (n) => `SELECT id FROM reviews WHERE ${list(n, (i) => `${call(i)} = 'POSITIVE'`, ' AND ')}`,
  OR: (n) => `SELECT id FROM reviews WHERE ${list(n, (i) => `${call(i)} = 'POSITIVE'`, ' OR ')}`,
  'AND within OR': (n) =>
    `SELECT id FROM reviews WHERE ${list(n / 2, (i) => `(${call(i)} = 'A' AND ${call(i + n)} = 'B')`, ' OR ')}`,
  'one call in many conditions': (n) => `SELECT id FROM reviews WHERE ${list(n, (i) => `${call(0)} = '${i}'`, ' OR ')}`,
  'branches of CASE': (n) => `SELECT CASE ${list(n, (i) => `WHEN stars = ${i} THEN ${call(i)}`, ' ')} END FROM reviews`,
  'branches of CASE on a call': (n) =>
    `SELECT CASE ${list(n, (i) => `WHEN ${call(n)} = '${i}' THEN ${call(i)}`, ' ')} END FROM reviews`,
  'conditions of CASE': (n) => `SELECT CASE ${list(n, (i) => `WHEN ${call(i)} = 'x' THEN ${i}`, ' ')} END FROM reviews`,
  'nested CASE': (n) =>
    `SELECT ${list(n / 4, (i) => `CASE WHEN ${call(i)} = 'x' THEN 'y' ELSE `, '')}'z'${' END'.repeat(n / 4)} FROM reviews`,
  COALESCE: (n) => `SELECT COALESCE(${list(n, call)}) FROM reviews`,
  'a SELECT list': (n) => `SELECT ${list(n, call)} FROM reviews`,
  'a list after IN': (n) => `SELECT id FROM reviews WHERE lang IN (${list(n, call)})`,
  VALUES: (n) => `INSERT INTO notes (note) VALUES ${list(n, (i) => `(${call(i).replace('body', "'x'")})`)}`,
  'UNION ALL': (n) => list(n, (i) => `SELECT ${call(i)} FROM reviews`, ' UNION ALL '),
  'WITH queries': (n) =>
    `WITH ${list(n, (i) => `q${i} AS (SELECT id, ${call(i)} AS m FROM reviews)`)} SELECT ${list(n, (i) => `q${i}.m`)} FROM ${list(n, (i) => `q${i}`)}`,
  'WITH queries that are read twice': (n) =>
    `WITH ${list(n, (i) => `q${i} AS (SELECT id, ${call(i)} AS m FROM reviews)`)} ${list(n, (i) => `SELECT m FROM q${i} UNION ALL SELECT m FROM q${i}`, ' UNION ALL ')}`,
  'subqueries in FROM': (n) =>
    `SELECT 1 AS one FROM ${list(n, (i) => `(SELECT id, ${call(i)} AS m FROM reviews LIMIT 5) q${i}`)} WHERE ${list(n, (i) => `q${i}.id = ${i}`, ' AND ')}`,
  'subqueries that group': (n) =>
    `SELECT 1 AS one FROM ${list(n, (i) => `(SELECT ${call(i)} AS m, count(*) AS c FROM reviews GROUP BY 1) q${i}`)} WHERE ${list(n, (i) => `q${i}.c = ${i}`, ' AND ')}`,
  'functions in FROM': (n) =>
    `SELECT ${list(n, (i) => `s${i}.sentiment`)} FROM reviews r, ${list(n, (i) => `aws_comprehend.detect_sentiment(r.body || '${i}', 'en') s${i}`)}`,
  joins: (n) =>
    `SELECT ${list(n, (i) => `q${i}.m`)} FROM reviews r ${list(n, (i) => `JOIN (SELECT id, ${call(i)} AS m FROM reviews) q${i} ON q${i}.id = r.id`, ' ')}`,
  'ORDER BY': (n) => `SELECT id FROM reviews ORDER BY ${list(n, call)}`,
  'arguments of a function': (n) => `SELECT greatest(${list(n, call)}) FROM reviews`,
  'fields of calls of calls': (n) =>
    `SELECT ${'(aws_comprehend.detect_sentiment('.repeat(n)}body${", 'en')).sentiment".repeat(n)} FROM reviews`,
  'calls of calls': (n) =>
    `SELECT ${"aws_sagemaker.invoke_endpoint('e', NULL, ".repeat(n)}body${')'.repeat(n)} FROM reviews`,
};

interface Planned {
  readonly steps: number;
  /** Characters of all queries. */
  readonly size: number;
}

function planned(sql: string): Planned {
  const steps = planSteps(parseStatement(sql), sql, facts);
  for (let count = 0; ; count++) {
    const step = steps.next();
    if (!step.done) continue;
    if (step.value.kind !== 'batch') throw new Error(`a batch plan is expected: ${JSON.stringify(step.value)}`);
    return { steps: count, size: textsOf(step.value).join('').length };
  }
}

it.each(Object.entries(forms))('%s: the plan grows as the calls do', (_name, form) => {
  const [few, many] = [planned(form(80)), planned(form(160))];
  expect(many.size / few.size).toBeLessThan(2.6);
});

it.each(['AND', 'OR', 'branches of CASE', 'COALESCE', 'UNION ALL', 'calls of calls'])(
  '%s: planning goes in more steps the more calls there are',
  (name) => {
    const form = forms[name] as (n: number) => string;
    expect(planned(form(80)).steps).toBeGreaterThan(planned(form(40)).steps + 20);
  },
);

/** How many nodes planning looks at. */
function nodesOf(work: () => unknown): number {
  const before = nodesWalked();
  work();
  return nodesWalked() - before;
}

it.each(Object.entries(forms))('%s: planning looks at each node a bounded number of times', (_name, form) => {
  const [few, many] = [form(80), form(160)].map((sql) => nodesOf(() => planned(sql))) as [number, number];
  expect(many / few).toBeLessThan(2.6);
});

it.each(Object.entries(forms))('%s: migrating looks at each node a bounded number of times', (_name, form) => {
  const [few, many] = [form(80), form(160)].map((sql) => nodesOf(() => migrate(parseStatement(sql), sql, facts))) as [
    number,
    number,
  ];
  expect(many / few).toBeLessThan(2.6);
});
