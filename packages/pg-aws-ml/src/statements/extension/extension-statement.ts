import type { AlterExtensionStmt, CreateExtensionStmt, DropStmt, Node } from '@pgsql/types';
import type { ServerConnection } from '../../server/server-connection.js';
import type { ResultSink } from '../../server/statement.js';
import { inOneTransaction } from '../../server/transaction.js';
import { quoteIdentifier } from '../../stubs/quote.js';
import { type DropOptions, dropScript } from './drop-script.js';
import { type InstallOptions, installScript } from './install-script.js';
import { updateScript } from './update-script.js';
import type { ExtensionName } from './versions.js';

/** A CREATE, DROP or ALTER EXTENSION that concerns aws_ml, aws_commons or aws_s3. */
export type ExtensionStatement =
  | { readonly kind: 'create'; readonly name: ExtensionName; readonly options: InstallOptions }
  | {
      readonly kind: 'drop';
      readonly names: readonly ExtensionName[];
      /** Extensions of the server dropped by the same statement. */
      readonly others: readonly string[];
      readonly options: DropOptions;
    }
  | { readonly kind: 'update'; readonly name: ExtensionName; readonly version: string | undefined };

/** Recognises the statement in any spelling. */
export function extensionStatement(node: Node): ExtensionStatement | undefined {
  if ('CreateExtensionStmt' in node) return createStatement(node.CreateExtensionStmt);
  if ('AlterExtensionStmt' in node) return updateStatement(node.AlterExtensionStmt);
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_EXTENSION') return dropStatement(node.DropStmt);
  return undefined;
}

const commandTags = { create: 'CREATE EXTENSION', drop: 'DROP EXTENSION', update: 'ALTER EXTENSION' } as const;

/** Runs it and leaves the connection synced. */
export async function runExtensionStatement(
  connection: ServerConnection,
  statement: ExtensionStatement,
  sink: ResultSink,
): Promise<void> {
  await inOneTransaction(connection, () => execute(connection, statement));
  sink.commandComplete(commandTags[statement.kind]);
}

async function execute(connection: ServerConnection, statement: ExtensionStatement): Promise<void> {
  if (statement.kind === 'drop' && statement.others.length > 0) {
    await connection.run(dropOthers(statement.others, statement.options));
  }
  await connection.run(scriptOf(statement)).catch((error: { where?: string | undefined }) => {
    // The block is ours: no place where the application could look.
    error.where = undefined;
    throw error;
  });
}

function scriptOf(statement: ExtensionStatement): string {
  switch (statement.kind) {
    case 'create':
      return installScript(statement.name, statement.options);
    case 'update':
      return updateScript(statement.name, statement.version);
    case 'drop':
      return dropScript(statement.names, statement.options);
  }
}

function dropOthers(names: readonly string[], { ifExists, cascade }: DropOptions): string {
  const list = names.map(quoteIdentifier).join(', ');
  return `DROP EXTENSION ${ifExists === true ? 'IF EXISTS ' : ''}${list}${cascade === true ? ' CASCADE' : ''}`;
}

const isOurs = (name: string | undefined): name is ExtensionName =>
  name === 'aws_ml' || name === 'aws_commons' || name === 'aws_s3';

function createStatement(statement: CreateExtensionStmt): ExtensionStatement | undefined {
  if (!isOurs(statement.extname)) return undefined;
  const version = optionText(statement.options, 'new_version');
  return {
    kind: 'create',
    name: statement.extname,
    options: {
      ifNotExists: statement.if_not_exists === true,
      cascade: definition(statement.options, 'cascade') !== undefined,
      ...(version === undefined ? {} : { version }),
    },
  };
}

function updateStatement(statement: AlterExtensionStmt): ExtensionStatement | undefined {
  if (!isOurs(statement.extname)) return undefined;
  return { kind: 'update', name: statement.extname, version: optionText(statement.options, 'new_version') };
}

function dropStatement(statement: DropStmt): ExtensionStatement | undefined {
  const all = (statement.objects ?? []).map((o) => ('String' in o ? (o.String.sval ?? '') : ''));
  const names = all.filter(isOurs);
  if (names.length === 0) return undefined;
  return {
    kind: 'drop',
    names,
    others: all.filter((name) => !isOurs(name)),
    options: { ifExists: statement.missing_ok === true, cascade: statement.behavior === 'DROP_CASCADE' },
  };
}

function definition(options: readonly Node[] | undefined, name: string) {
  const found = options?.find((o) => 'DefElem' in o && o.DefElem.defname === name);
  return found !== undefined && 'DefElem' in found ? found.DefElem : undefined;
}

function optionText(options: readonly Node[] | undefined, name: string): string | undefined {
  const value = definition(options, name)?.arg;
  return value !== undefined && 'String' in value ? value.String.sval : undefined;
}
