/** Statements that write rows and return them: what they write is decided once, before any call over the rows is made. */

import type { CommonTableExpr, Node, RangeVar, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import { outputName } from './output-name.js';
import type { PlanContext } from './plan-context.js';
import { isStar } from './star.js';

/** The commands whose RETURNING is planned, and how their tags begin. */
const tags = { InsertStmt: 'INSERT 0', UpdateStmt: 'UPDATE', DeleteStmt: 'DELETE' } as const;

export type WritingTag = (typeof tags)[keyof typeof tags];

/** An INSERT, UPDATE or DELETE, as far as these are alike. */
interface Writing {
  readonly relation?: RangeVar;
  readonly returningClause?: { readonly exprs?: Node[] };
  readonly withClause?: SelectStmt['withClause'];
}

interface WritingStatement {
  readonly statement: Writing;
  readonly tag: WritingTag;
  /** The same statement with other clauses. */
  readonly with: (statement: Writing) => Node;
}

/** An INSERT, UPDATE or DELETE; undefined for every other node. */
export function writingStatement(node: Node): WritingStatement | undefined {
  for (const key of Object.keys(tags) as (keyof typeof tags)[]) {
    if (!(key in node)) continue;
    const statement = (node as unknown as Record<string, Writing>)[key] ?? {};
    return { statement, tag: tags[key], with: (changed) => ({ [key]: changed }) as unknown as Node };
  }
  return undefined;
}

const WRITING = [...Object.keys(tags), 'MergeStmt'];

/** Whether a tree writes rows. */
export const writesRows = (tree: unknown): boolean => countWriting(tree) > 0;

/** How many INSERT, UPDATE, DELETE and MERGE stand in a tree. */
export function countWriting(tree: unknown): number {
  let count = 0;
  someNode(tree, (node) => {
    if (WRITING.some((tag) => tag in node)) count += 1;
    return false;
  });
  return count;
}

/** The data-modifying queries of a WITH. */
export const writingCtes = ({ withClause }: Pick<SelectStmt, 'withClause'>): CommonTableExpr[] =>
  (withClause?.ctes ?? []).flatMap((n) =>
    'CommonTableExpr' in n && n.CommonTableExpr.ctequery !== undefined && !('SelectStmt' in n.CommonTableExpr.ctequery)
      ? [n.CommonTableExpr]
      : [],
  );

/** The names of the columns that a data-modifying query returns; null where they can't be told. */
export function returnedColumns(query: Node | undefined, ctx: PlanContext): readonly string[] | null {
  const writing = query === undefined ? undefined : writingStatement(query);
  if (writing === undefined) return null;
  const names: string[] = [];
  for (const item of writing.statement.returningClause?.exprs ?? []) {
    if (!('ResTarget' in item) || item.ResTarget.val === undefined) return null;
    const { name, val } = item.ResTarget;
    if (name !== undefined || !isStar(val)) names.push(name ?? outputName(val));
    else {
      const columns = targetColumns(val, writing.statement, ctx);
      if (columns === null) return null;
      names.push(...columns);
    }
  }
  return names;
}

/** The columns of the target, where a star means these and no others. */
export function targetColumns(star: Node, statement: Writing, ctx: PlanContext): readonly string[] | null {
  const { relation } = statement;
  const [first, second, another] = nameParts('ColumnRef' in star ? star.ColumnRef.fields : undefined);
  if (relation === undefined || first === undefined || another !== undefined) return null;
  const alone = !('fromClause' in statement) && !('usingClause' in statement);
  const isTarget = second === undefined ? alone : first === (relation.alias?.aliasname ?? relation.relname);
  return isTarget ? (ctx.requiredRelation(relation)?.columns.map((column) => column.name) ?? null) : null;
}
