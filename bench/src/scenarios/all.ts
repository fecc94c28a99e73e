import { limit, point } from './few-rows.js';
import { rowFunction } from './row-function.js';
import { sagemaker1000, sagemaker10000 } from './sagemaker.js';
import type { Scenario } from './scenario.js';
import { group, repeats, select, stream, update } from './whole-table.js';

export const scenarios: readonly Scenario[] = [
  select,
  stream,
  update,
  group,
  limit,
  repeats,
  sagemaker1000,
  sagemaker10000,
  point,
  rowFunction,
];

export function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined)
    throw new Error(`there is no scenario ${name}: ${scenarios.map((s) => s.name).join(', ')}`);
  return scenario;
}
