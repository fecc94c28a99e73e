/** Plans as text for people. */
import { parseStatement } from '../../src/ast/parse.js';
import { migrate } from '../../src/migrate/migrate.js';
import type { BatchPlan, Plan } from '../../src/plan.js';
import type { CallSite } from '../../src/split/plan-tree.js';
import { type RelationSql, renderRelations } from '../../src/split/relation-sql.js';
import { facts } from './facts.js';

/** All SQL of a plan as PostgreSQL would get it, the remainder last. */
export function textsOf(plan: BatchPlan): string[] {
  const queries = plan.pipelines.flatMap((p) => [p.base, ...p.stages.flatMap((s) => s.step?.query ?? [])]);
  const limits = plan.pipelines.flatMap((p) => p.limit ?? []);
  return [...queries, ...limits, plan.remainder].map((query) => renderRelations(query, 100, () => 'text').text);
}

export function renderPlan(sql: string, plan: Plan): string {
  const sections = plan.kind === 'batch' ? batchSections(plan) : [`plan: ${plan.kind}`];
  return `${[...migrated(sql), ...sections].join('\n\n')}\n`;
}

function migrated(sql: string): string[] {
  const outcome = migrate(parseStatement(sql), sql, facts, { checks: true });
  return outcome.kind === 'migration' && outcome.changed ? [`migrated:\n${outcome.sql}`] : [];
}

function batchSections(plan: BatchPlan): string[] {
  const sections: string[] = [];
  for (const { relation, base, stages, limit } of plan.pipelines) {
    sections.push(`${relation} = base:\n${withNames(base)}`);
    for (const { calls, step } of stages) {
      sections.push(`calls:\n${calls.map(callText).join('\n')}`);
      if (step !== undefined) sections.push(`step:\n${withNames(step.query)}`);
    }
    if (limit !== undefined) sections.push(`limit:\n${withNames(limit)}`);
  }
  sections.push(`remainder:\n${withNames(plan.remainder)}`, ...notes(plan));
  return sections;
}

function notes({ stream, singleSnapshot, writes, baseWrites }: BatchPlan): string[] {
  const lines = [
    stream === undefined ? [] : `streams ${stream.outputs.join(', ')}`,
    singleSnapshot ? 'in one snapshot' : [],
    writes ? 'writes' : [],
    baseWrites === undefined ? [] : `the base query writes, answers ${baseWrites.tag ?? 'SELECT'}`,
  ].flat();
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** With the relations by their names, as a reader thinks of them. */
function withNames({ parts, relations }: RelationSql): string {
  return parts.map((part, i) => `${part}${relations[i]?.relation ?? ''}`).join('');
}

function callText(site: CallSite): string {
  const args = site.arguments.map((a) => (a.kind === 'column' ? a.column : a.value === null ? 'NULL' : `'${a.value}'`));
  const rows = site.maxRowsPerBatch;
  const bound = rows.kind === 'column' ? rows.column : rows.value;
  return [
    `  ${site.results.join(', ')} = ${site.function}(${args.join(', ')})`,
    site.guard === undefined ? '' : ` where ${site.guard}`,
    bound === null ? '' : ` in batches of ${bound}`,
  ].join('');
}
