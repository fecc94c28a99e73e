import { expect, test } from 'vitest';
import type { Result } from './measure.js';
import { ratioOf } from './ratios.js';
import type { Scenario } from './scenario.js';

const scenario: Scenario = { name: 'select', title: 'SELECT', contestants: {} };

const result = (contestant: string, part: Partial<Result>): Result => ({
  scenario: 'select',
  contestant,
  latencyMs: 10,
  rows: 1_000,
  checksum: 7,
  wallMs: 100,
  cpuMs: 50,
  peakMemoryMb: 80,
  rowsPerSecond: 10_000,
  requests: 40,
  throttled: 0,
  inputs: 1_000,
  ...part,
});

const ours = [result('pool', {}), result('pool', { wallMs: 300 }), result('pool', { wallMs: 110 })];

test('compares round by round', () => {
  const theirs = [200, 600, 100].map((wallMs) => result('expert64', { wallMs, cpuMs: 100, requests: 80 }));
  expect(ratioOf(scenario, ours, theirs)).toEqual({
    ratio: 'pool / expert64',
    scenario: 'select',
    title: 'SELECT',
    latencyMs: 10,
    wall: 0.5,
    cpu: 0.5,
    requests: 0.5,
    peakMemory: 1,
  });
});

test('compares a sample by the row, whatever its checksum', () => {
  const theirs = ours.map(() => result('naive', { rows: 10, checksum: 1, wallMs: 100, requests: 10 }));
  expect(ratioOf(scenario, ours, theirs)).toMatchObject({ wall: 0.011, requests: 0.04, peakMemory: undefined });
});

test('refuses to compare what came to another result', () => {
  const theirs = ours.map(() => result('expert64', { checksum: 8 }));
  expect(() => ratioOf(scenario, ours, theirs)).toThrow('select: pool and expert64 disagree');
});

test('leaves out what says nothing', () => {
  const theirs = ours.map(() => result('plpython', {}));
  expect(ratioOf({ ...scenario, onServer: ['plpython'] }, ours, theirs)).toMatchObject({ cpu: undefined, wall: 1.1 });
  expect(ratioOf(scenario, ours, [])).toBeUndefined();
});
