import type { Node, VariableSetStmt } from '@pgsql/types';
import type { FieldDescription, ServerConnection } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';
import { inOneTransaction } from '../server/transaction.js';
import { functionMigration, functionMigrationSetting, functionMigrationSql } from '../stubs/function-migration.js';
import { raiseError } from '../stubs/server-message.js';
import { parseBoolean } from './parse-boolean.js';
import { type StatementRequest, statementKind } from './statement-handler.js';

/** A SET, RESET or SHOW of the parameter. */
export type SettingStatement =
  | { readonly kind: 'set'; readonly value: string | null; readonly local: boolean }
  | { readonly kind: 'reset' }
  | { readonly kind: 'show' };

/** Recognises it in a statement that is parsed already. */
export function settingStatement(node: Node): SettingStatement | undefined {
  if ('VariableShowStmt' in node) {
    return isOurs(node.VariableShowStmt.name) ? { kind: 'show' } : undefined;
  }
  if (!('VariableSetStmt' in node) || !isOurs(node.VariableSetStmt.name)) return undefined;
  const statement = node.VariableSetStmt;
  const local = statement.is_local === true;
  switch (statement.kind) {
    case 'VAR_SET_VALUE':
      return { kind: 'set', value: singleValue(statement), local };
    case 'VAR_SET_DEFAULT':
      return { kind: 'set', value: 'on', local };
    case 'VAR_RESET':
      return { kind: 'reset' };
    default:
      return undefined;
  }
}

/** What the server answers in the place of SHOW, which it refuses. */
export const showSettingSql = `SELECT ${functionMigrationSql} AS ${functionMigration}`;

/** Runs it and leaves the connection synced. An invalid value is the server's error 22023. */
export async function runSettingStatement(
  connection: ServerConnection,
  statement: SettingStatement,
  sink: ResultSink,
): Promise<void> {
  await inOneTransaction(connection, () => execute(connection, statement, sink));
  sink.commandComplete(statement.kind.toUpperCase());
}

async function execute(connection: ServerConnection, statement: SettingStatement, sink: ResultSink): Promise<void> {
  if (statement.kind === 'reset') {
    await connection.run(`RESET ${functionMigrationSetting}`);
  } else if (statement.kind === 'show') {
    const { rows, fields } = await connection.run(showSettingSql);
    await sink.rowDescription(fields as readonly FieldDescription[]);
    await sink.rows(rows);
  } else {
    const value = statement.value === null ? undefined : parseBoolean(statement.value);
    if (value === undefined) await refuse(connection);
    await connection.run(`SET ${statement.local ? 'LOCAL ' : ''}${functionMigrationSetting} = ${value ? 'on' : 'off'}`);
  }
}

function refuse(connection: ServerConnection): Promise<never> {
  return raiseError(connection, {
    code: '22023',
    message: `parameter "${functionMigration}" requires a Boolean value`,
  });
}

/** Settings' names know no case, quoted or not. */
const isOurs = (name: string | undefined): boolean => name?.toLowerCase() === functionMigration;

/** The text of the one constant; null for anything else, which is no Boolean. */
function singleValue({ args }: VariableSetStmt): string | null {
  const [only, more] = args ?? [];
  if (only === undefined || more !== undefined || !('A_Const' in only)) return null;
  const constant = only.A_Const as { sval?: { sval?: string }; ival?: { ival?: number } };
  if (constant.sval !== undefined) return constant.sval.sval ?? '';
  return constant.ival === undefined ? null : String(constant.ival.ival ?? 0);
}

/** SET, RESET and SHOW of the parameter. */
export const setting = statementKind<StatementRequest, SettingStatement>({
  name: 'setting',
  claims: settingStatement,
  async run({ connection, sink }, statement) {
    await runSettingStatement(connection, statement, sink);
    return 'answered';
  },
});
