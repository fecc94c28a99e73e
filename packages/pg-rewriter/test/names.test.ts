import { expect, it } from 'vitest';
import { loadParser } from '../src/ast/grammar.js';
import { relationKey } from '../src/catalog/facts.js';
import type { BatchPlan } from '../src/plan.js';
import { planStatement } from '../src/plan-statement.js';
import { facts } from './support/facts.js';
import { textsOf } from './support/plan-text.js';

await loadParser();

const MOOD = "aws_comprehend.detect_sentiment(body, 'en')";

function batchPlan(sql: string, known = facts): BatchPlan {
  const plan = planStatement(sql, known);
  if (plan.kind !== 'batch') throw new Error(`a batch plan is expected: ${JSON.stringify(plan)}`);
  return plan;
}

it('a text of the statement that looks like a mark of ours stays', () => {
  const plan = batchPlan(`SELECT 'ml_rows_9_input_0', 'ml_rows_1_input_0', (${MOOD}).sentiment FROM reviews`);
  const texts = textsOf(plan).join();
  expect(texts).toContain("'ml_rows_9_input_0'");
  expect(texts).toContain("'ml_rows_1_input_0'");
});

it('the row of a composite result is called like no output of the statement', () => {
  const plan = batchPlan(`SELECT id AS ml_1_row FROM reviews ORDER BY ${MOOD}`);
  expect(textsOf(plan).at(-1)).not.toMatch(/ORDER BY ml_1_row/);
});

it.each(['ml_rows_1', 'ml_groups_1', 'ml_1_row'])('%s in a view or a table is no name of ours', (name) => {
  const definition = `SELECT id, '${name}' AS "${name}", (${MOOD}).sentiment AS mood FROM reviews`;
  const view = {
    schema: 'public',
    name: 'named',
    kind: 'view' as const,
    columns: ['id', name, 'mood'].map((column) => ({ name: column, type: 'text' })),
    mlView: { definition, expandable: true },
  };
  const relations = {
    has: () => true,
    get: (key: string) => (key === relationKey(undefined, 'named') ? view : facts.relations.get(key)),
  } as unknown as typeof facts.relations;
  const plan = batchPlan('SELECT max(mood), count(*) FROM named GROUP BY id', { ...facts, relations });
  expect(plan.pipelines.map((p) => p.relation)).not.toContain(name);
});
