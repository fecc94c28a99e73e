import fc, { type Arbitrary } from 'fast-check';
import { copies } from './copies.js';
import { faults } from './faults.js';
import { operatorsAndCasts } from './operators.js';
import { queries } from './queries.js';
import { rewrites } from './rewrites.js';
import { routines } from './routines.js';
import type { Scenario, Topic } from './scenario.js';
import { serviceFaults } from './service-faults.js';
import { sessionObjects } from './session-objects.js';
import { sessions } from './sessions.js';
import { transactions } from './transactions.js';
import { triggers } from './triggers.js';
import { values } from './values.js';
import { writes } from './writes.js';

const topics: readonly Topic[] = [
  queries,
  values,
  routines,
  triggers,
  writes,
  sessionObjects,
  transactions,
  sessions,
  faults,
  rewrites,
  operatorsAndCasts,
  copies,
  serviceFaults,
];

export interface Drawn extends Scenario {
  readonly topic: string;
}

/** @param only the names of topics; all by default */
export function scenarios(only?: readonly string[]): Arbitrary<Drawn> {
  const chosen = topics.filter(({ name }) => only === undefined || only.includes(name));
  return fc.oneof(
    ...chosen.map(({ name, weight, scenarios: some }) => ({
      weight,
      arbitrary: some.map((scenario) => ({ topic: name, ...scenario })),
    })),
  );
}
