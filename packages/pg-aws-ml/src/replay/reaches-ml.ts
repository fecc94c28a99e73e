import type { CopyStmt, RangeVar, VacuumStmt } from '@pgsql/types';
import { type Node, someNode } from 'pg-rewriter';
import type { ReachingPart } from '../catalog/facts.js';
import type { RelationName } from '../catalog/relation-facts.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { MlMentions } from './ml-mentions.js';
import { preparedQuery } from './prepared-statement.js';
import { refreshedQuery } from './refreshed-query.js';

/** What runs when a row is written. */
const writeParts: readonly ReachingPart[] = ['rule', 'trigger', 'default', 'constraint', 'index'];

/** Whether writing to one of the statement's targets runs ML calls: rules, triggers, defaults, constraints, indexes. */
export function writesReachMl(context: StatementContext, node: Node): Promise<boolean> {
  return relationsHave(context, targetsOf(node), writeParts);
}

/** Whether the statement makes ML calls that the planner doesn't see. */
export async function reachesMlUnseen(context: StatementContext, node: Node): Promise<boolean> {
  if ((await mentions(context)).inOtherNotation(node)) return true;
  return (await writesReachMl(context, node)) || readsReachMl(context, node);
}

const mentions = async ({ state, connection }: StatementContext): Promise<MlMentions> =>
  new MlMentions(await state.catalog.mlReach(connection));

/** Statements that run code which the planner doesn't see. Their text has named an ML function, or what reaches one. */
const OPAQUE = ['DoStmt', 'CallStmt', 'CopyStmt'];

/** Whether a statement without ML calls of its own makes some nevertheless. */
export async function runsOtherCode(context: StatementContext, node: Node): Promise<boolean> {
  if (OPAQUE.some((tag) => tag in node)) return true;
  const other = await otherQuery(context, node);
  if (other !== undefined) return (await mentions(context)).in([other, node]);
  return reachesMlUnseen(context, node);
}

/** Whether `COPY … FROM` runs ML calls: in its WHERE, or when it writes a row. */
export async function copyRunsMl(context: StatementContext, { whereClause, ...copy }: CopyStmt): Promise<boolean> {
  return (await mentions(context)).in(whereClause) || writesReachMl(context, { CopyStmt: copy });
}

/** Whether a statement that stands alone makes ML calls, over the rows that are there. */
export async function definitionReachesMl(context: StatementContext, node: Node): Promise<boolean> {
  if ('IndexStmt' in node) {
    const { indexParams, whereClause } = node.IndexStmt;
    return (await mentions(context)).in([indexParams, whereClause]);
  }
  const ranges = 'VacuumStmt' in node ? analyzedTables(node.VacuumStmt) : reorderedTables(node);
  if (ranges === 'all') {
    const { relations } = await context.state.catalog.mlReach(context.connection);
    return [...relations.values()].some(({ parts }) => parts.includes('index'));
  }
  return relationsHave(context, ranges, ['index']);
}

type Tables = readonly RangeVar[] | 'all';

function analyzedTables({ options = [], rels }: VacuumStmt): Tables {
  if (!options.some((o) => 'DefElem' in o && o.DefElem.defname === 'analyze')) return [];
  return rels?.flatMap((r) => ('VacuumRelation' in r ? (r.VacuumRelation.relation ?? []) : [])) ?? 'all';
}

/** Tables whose indexes are built anew. */
function reorderedTables(node: Node): Tables {
  if ('ClusterStmt' in node) return 'all';
  if (!('ReindexStmt' in node)) return [];
  const { kind, relation } = node.ReindexStmt;
  return kind === 'REINDEX_OBJECT_TABLE' && relation !== undefined ? [relation] : 'all';
}

/** The query that a statement runs without containing it. */
async function otherQuery(context: StatementContext, node: Node): Promise<Node | undefined> {
  if ('CreateTableAsStmt' in node && node.CreateTableAsStmt.query !== undefined) {
    return (await preparedQuery(context, node.CreateTableAsStmt.query))?.node;
  }
  return refreshedQuery(context, node);
}

/**
 * Whether reading one of the statement's tables runs ML calls: policies of row-level security. What a view reads is not
 * looked into: where any table has such a policy, a view may read it.
 */
async function readsReachMl(context: StatementContext, node: Node): Promise<boolean> {
  const ranges: RangeVar[] = [];
  someNode(node, (n) => {
    if ('RangeVar' in n) ranges.push(n.RangeVar);
    return false;
  });
  const read = [...ranges, ...targetsOf(node)];
  return (await relationsHave(context, read, ['policy'])) || readsViewBesidePolicies(context, read);
}

async function readsViewBesidePolicies(
  { state, connection, session }: StatementContext,
  ranges: readonly RangeVar[],
): Promise<boolean> {
  const { relations: reach } = await state.catalog.mlReach(connection);
  if (![...reach.values()].some((r) => r.parts.includes('policy'))) return false;
  const names = ranges.map((r): RelationName => ({ schema: r.schemaname, name: r.relname ?? '' }));
  const { relations } = await state.catalog.facts(connection, session, { functions: [], relations: names });
  const wanted = new Set(names.map((n) => n.name));
  return [...relations.values()].some((r) => r !== null && wanted.has(r.name) && r.kind === 'view');
}

/** The tables that the statement writes to, data-modifying WITH included. */
function targetsOf(node: Node): RangeVar[] {
  const targets: (RangeVar | undefined)[] = [];
  someNode(node, (n) => {
    if ('InsertStmt' in n) targets.push(n.InsertStmt.relation);
    if ('UpdateStmt' in n) targets.push(n.UpdateStmt.relation);
    if ('DeleteStmt' in n) targets.push(n.DeleteStmt.relation);
    if ('MergeStmt' in n) targets.push(n.MergeStmt.relation);
    if ('CopyStmt' in n && n.CopyStmt.is_from) targets.push(n.CopyStmt.relation);
    return false;
  });
  return targets.filter((t) => t !== undefined);
}

async function relationsHave(
  { state, connection, session }: StatementContext,
  ranges: readonly RangeVar[],
  parts: readonly ReachingPart[],
): Promise<boolean> {
  if (ranges.length === 0) return false;
  const reach = await state.catalog.mlReach(connection);
  const candidates = [...reach.relations.values()].filter((r) => r.parts.some((part) => parts.includes(part)));
  if (candidates.length === 0) return false;
  const names = ranges.map((r): RelationName => ({ schema: r.schemaname, name: r.relname ?? '' }));
  const { relations } = await state.catalog.facts(connection, session, { functions: [], relations: names });
  const oids = new Set(candidates.map((r) => r.oid));
  const wanted = new Set(names.map((n) => n.name));
  return [...relations.values()].some((r) => r !== null && wanted.has(r.name) && oids.has(r.oid));
}
