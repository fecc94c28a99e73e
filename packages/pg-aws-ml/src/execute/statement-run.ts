import type { StatementInvocations } from 'aws-ml-core';
import { type CallSite, type RelationBinding, type RelationSql, renderRelations } from 'pg-rewriter';
import type { TypeNames, TypeReference } from '../catalog/column-types.js';
import { WayRefused } from '../pool-state/way-refused.js';
import type {
  AnswerRow,
  BoundValue,
  FieldDescription,
  RawResult,
  ResultFormats,
  ServerConnection,
} from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import type { ColumnTypes } from './call-inputs.js';
import type { EvaluationCounts } from './evaluation-counts.js';
import { resultTypes } from './result-text.js';
import type { RowBatch } from './row-batch.js';

/** The parameters that the application gave, with the types that the server found for them. */
export interface UserParameters {
  readonly values: readonly BoundValue[];
  readonly types: readonly number[];
}

/** What the operators of one statement share. */
export interface StatementRun {
  readonly connection: ServerConnection;
  readonly parameters: UserParameters;
  readonly invocations: StatementInvocations;
  readonly typeNames: TypeNames;
  readonly signal: AbortSignal;
  /** Those of the application's rows. */
  readonly resultFormats: ResultFormats | undefined;
  /**
   * Whether the session's settings write values in a form that doesn't read back exactly (`extra_float_digits` below 1,
   * a DateStyle other than ISO).
   */
  readonly lossyOutput: boolean;
  /** Counts what native evaluation would call; undefined where nobody asks. */
  readonly counts: EvaluationCounts | undefined;
  /** Whether the server can wait in a COPY. */
  readonly mayCopyIn: boolean;
  /** Whether rows may go to temporary tables: not in a read-only transaction, nor without the privilege. */
  readonly maySpill: boolean;
  /** The rows of finished pipelines, by relation: in memory, or in the temporary table of that name. */
  readonly rows: Map<string, RowBatch>;
  readonly tables: Map<string, string>;
  /** The types of the pipelines' columns, by relation. */
  readonly types: Map<string, PipelineTypes>;
}

/** The types of the columns of one pipeline, as far as they are known. */
export class PipelineTypes implements ColumnTypes {
  readonly #references = new Map<string, TypeReference>();
  readonly #fixed = new Map<string, string>();
  readonly #names: TypeNames;

  constructor(names: TypeNames) {
    this.#names = names;
  }

  /** Takes the types of result columns from their description. */
  async describe(connection: ServerConnection, columns: readonly string[], fields: readonly FieldDescription[]) {
    columns.forEach((column, i) => {
      const field = fields[i];
      if (field === undefined) return;
      this.#references.set(column, { oid: field.dataTypeID, modifier: field.dataTypeModifier });
    });
    await this.#names.load(connection, [...this.#references.values()]);
  }

  /** Sets the types of the columns that hold results of ML calls. */
  fixResults(sites: readonly CallSite[]): void {
    for (const site of sites) {
      const sqlTypes = resultTypes(site.function);
      site.results.forEach((column, i) => {
        this.#fixed.set(column, sqlTypes[i] ?? '');
      });
    }
  }

  sqlType(column: string): string {
    const fixed = this.#fixed.get(column);
    if (fixed !== undefined) return fixed;
    const name = this.#nameOf(column);
    if (!name.hasInput) throw new WayRefused('batch', `values of type ${name.sql} cannot be sent back to the server`);
    return name.sql;
  }

  isArray(column: string): boolean {
    return !this.#fixed.has(column) && this.#nameOf(column).isArray;
  }

  /** Undefined for results of ML calls. */
  reference(column: string): TypeReference | undefined {
    return this.#references.get(column);
  }

  #nameOf(column: string) {
    const reference = this.#references.get(column);
    if (reference === undefined) throw new Error(`the type of column ${column} is not known yet`);
    return this.#names.get(reference);
  }
}

/** SQL with the relations filled in, and all its parameters. */
export function bindRelations(
  run: StatementRun,
  sql: RelationSql,
): { text: string; values: BoundValue[]; types: number[] } {
  const { values, types } = run.parameters;
  const { text, bindings } = renderRelations(
    sql,
    types.length + 1,
    (relation, column) => {
      const known = run.types.get(relation);
      if (known === undefined) throw new Error(`the rows of ${relation} are not there yet`);
      return known.sqlType(column);
    },
    (relation) => run.tables.get(relation),
  );
  return {
    text,
    values: [...values, ...bindings.map((binding) => bound(run, binding))],
    types: [...types, ...bindings.map(() => 0)],
  };
}

function bound(run: StatementRun, binding: RelationBinding): BoundValue {
  const rows = run.rows.get(binding.relation);
  if (rows === undefined) throw new Error(`the rows of ${binding.relation} are not there yet`);
  if (binding.kind === 'count') return String(rows.length);
  return arrayLiteral(rows.get(operandColumn(run, rows, binding.column)));
}

/** Where the session's output is lossy, a column's exact text is kept beside it under this name. */
export const exactName = (column: string): string => `${column}_exact`;

/** The column that holds the values of another in a form that reads back exactly. */
export const operandColumn = ({ lossyOutput }: Pick<StatementRun, 'lossyOutput'>, rows: RowBatch, column: string) =>
  lossyOutput && rows.names.includes(exactName(column)) ? exactName(column) : column;

export async function runRelationSql(run: StatementRun, sql: RelationSql): Promise<RawResult> {
  const { text, values, types } = bindRelations(run, sql);
  return run.connection.run(text, { values, types });
}

/** The same, for the rows that the application gets. */
export async function answerRelationSql(run: StatementRun, sql: RelationSql): Promise<RawResult<AnswerRow>> {
  const { text, values, types } = bindRelations(run, sql);
  const { resultFormats } = run;
  return run.connection.runAnswer(text, { values, types, resultFormats });
}

/** The columns of a relation that a step or the remainder reads. */
export const columnsRead = (sql: RelationSql, relation: string): readonly string[] =>
  sql.relations.filter((r) => r.relation === relation).flatMap((r) => r.columns);
