import { expect, it } from 'vitest';
import { loadParser, parseStatement } from '../src/ast/parse.js';
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

/** The shorter of two: the machine has other things to do as well. */
function timeOf(sql: string): number {
  const times = [1, 2].map(() => {
    const { user } = process.cpuUsage();
    planned(sql);
    return process.cpuUsage().user - user;
  });
  return Math.min(...times);
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

it.each(['OR', 'branches of CASE', 'calls of calls'])('%s: the time grows as the calls do', (name) => {
  const form = forms[name] as (n: number) => string;
  planned(form(40));
  // Six times the calls: a square would take 36 times as long.
  expect(timeOf(form(240)) / timeOf(form(40))).toBeLessThan(24);
});
