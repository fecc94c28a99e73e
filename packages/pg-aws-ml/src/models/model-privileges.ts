import type { ModelPrivileges, ObjectName } from 'pg-rewriter';
import { readInvokeEndpointSignatures } from '../natively/overloads.js';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { quoteIdentifier } from '../stubs/quote.js';
import { modelSchema } from '../stubs/sql/models.js';
import { functionsOfModel } from './functions-of-model.js';
import type { ModelContext } from './model-context.js';
import { findModel } from './model-table.js';

/**
 * GRANT and REVOKE of models, as privileges of PostgreSQL: the right to create models is EXECUTE on a function that stands for it
 * (and on those that the functions of models call), the right to use one EXECUTE on its functions.
 */
export async function runPrivileges(context: ModelContext, statement: ModelPrivileges): Promise<void> {
  const { connection, inBlock, sink } = context;
  const signatures =
    statement.privilege.kind === 'create'
      ? await creatorsFunctions(connection, statement)
      : (await Promise.all(statement.privilege.models.map((name) => modelFunctions(connection, name)))).flat();
  if (signatures.length === 0) {
    throw databaseError('42883', 'the functions of the model are gone', {
      hint: 'They were dropped or renamed. DROP MODEL removes what is left of it.',
    });
  }
  for (const { kind, name, grantOption } of statement.grantees) {
    const grantee = kind === 'public' ? 'PUBLIC' : quoteIdentifier(name);
    const list = signatures.join(', ');
    const sql =
      statement.action === 'grant'
        ? `GRANT EXECUTE ON FUNCTION ${list} TO ${grantee}${grantOption ? ' WITH GRANT OPTION' : ''}`
        : `REVOKE ${statement.grantOptionOnly ? 'GRANT OPTION FOR ' : ''}EXECUTE ON FUNCTION ${list} FROM ${grantee}`;
    await connection.run(sql);
  }
  if (!inBlock) await connection.sync();
  sink.commandComplete(statement.action.toUpperCase());
}

/** What is revoked is the right to create models alone: those that are there go on working. */
async function creatorsFunctions(connection: ServerConnection, { action }: ModelPrivileges): Promise<string[]> {
  const marker = `${modelSchema}.create_model()`;
  if (action === 'revoke') return [marker];
  const { rows } = await connection.run(
    `SELECT p.oid::pg_catalog.regprocedure FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = pg_catalog.to_regnamespace('aws_bedrock')::pg_catalog.oid`,
  );
  const bedrock = rows.flatMap(([signature]) => signature ?? []);
  return [marker, ...(await readInvokeEndpointSignatures(connection)), ...bedrock];
}

async function modelFunctions(connection: ServerConnection, { schema, name }: ObjectName): Promise<string[]> {
  const model = await findModel(connection, schema, name);
  if (model === undefined) {
    throw databaseError('42704', `model "${name}" does not exist`, {
      hint: 'SHOW MODEL ALL lists those that you may use; their owner may grant them.',
    });
  }
  return functionsOfModel(connection, model);
}
