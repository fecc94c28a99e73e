import { describe, expect, it } from 'vitest';
import { bindArguments, resolveOverload } from '../../src/analysis/overload.js';
import { PlanContext } from '../../src/analysis/plan-context.js';
import { loadParser } from '../../src/ast/grammar.js';
import type { FuncCall } from '../../src/ast/node.js';
import { parseExpression } from '../../src/ast/parse.js';
import { Decline } from '../../src/decline.js';
import { facts } from '../support/facts.js';

await loadParser();

function call(sql: string): FuncCall {
  const node = parseExpression(sql);
  if (!('FuncCall' in node)) throw new Error('a call is expected');
  return node.FuncCall;
}

const resolve = (sql: string, searchPath = facts.searchPath) =>
  resolveOverload(call(sql), new PlanContext({ ...facts, searchPath }, sql));

describe('resolveOverload', () => {
  it.each([
    ["mood_of('x')", 'public'],
    ["public.mood_of('x', 'fr')", 'public'],
    ["aws_comprehend.detect_sentiment('x', 'en')", 'aws_comprehend'],
  ])('finds %s', (sql, schema) => {
    expect(resolve(sql)?.schema).toBe(schema);
  });

  it.each([
    ['a function that makes no ML call', 'upper(1)'],
    ['a number of arguments that none takes', "mood_of('x', 'y', 'z')"],
    ['a name outside of the search path', "detect_sentiment('x', 'en')"],
    ['a name in another schema', "other.mood_of('x')"],
  ])('leaves %s to PostgreSQL', (_what, sql) => {
    expect(resolve(sql)).toBeUndefined();
  });

  it('finds a function by the search path', () => {
    expect(resolve("detect_sentiment('x', 'en')", ['aws_comprehend'])?.name).toBe('detect_sentiment');
  });

  it('declines where types decide', () => {
    expect(() => resolve('"both"(1)')).toThrow(Decline);
  });
});

describe('bindArguments', () => {
  const bind = (sql: string) => {
    const fact = resolve(sql);
    const bound = fact === undefined ? undefined : bindArguments(call(sql), fact);
    return bound && { given: bound.parameters.map((p) => p !== undefined), rest: bound.rest.length };
  };

  it.each([
    ["mood_of('x')", [true, false], 0],
    ["mood_of(lang => 'x', t => 'y')", [true, true], 0],
    ["mood_of('y', lang := 'x')", [true, true], 0],
    ["aws_sagemaker.invoke_endpoint('e', NULL, 1, 2, 3)", [true, true], 3],
  ])('%s', (sql, given, rest) => {
    expect(bind(sql)).toEqual({ given, rest });
  });

  it.each([
    "mood_of(lang => 'x')",
    "mood_of('y', t => 'x')",
    "mood_of(nothing => 'x')",
    "aws_sagemaker.invoke_endpoint('e', NULL)",
  ])('%s fits no function', (sql) => {
    expect(bind(sql)).toBeUndefined();
  });
});
