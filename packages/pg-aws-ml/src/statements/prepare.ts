import type { PrepareStmt } from '@pgsql/types';
import { type Node, nameParts } from 'pg-rewriter';
import { runNatively } from '../natively/run-natively.js';
import { refuseUntypedInput, untypedInput } from '../natively/untyped-input.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { preparedTypes } from '../replay/prepared-statement.js';
import { discard } from '../server/statement.js';
import { settle } from '../server/transaction.js';
import { quoteIdentifier } from '../stubs/quote.js';
import { statementKind } from './statement-handler.js';

/** PREPARE: the server's, but for a model input that has a type from nothing but the functions that stand for ours. */
export const prepare = statementKind<StatementContext, PrepareStmt>({
  name: 'prepare',
  claims: (node) => ('PrepareStmt' in node ? node.PrepareStmt : undefined),
  async run(context, { name = '', argtypes = [] }) {
    const { connection, statement, sink } = context;
    await settle(context);
    await runNatively({ ...context, sink: discard });
    const parameterTypes = (await preparedTypes(connection, name)) ?? [];
    const types = parameterTypes.map((oid, i) => (isDeclared(argtypes[i]) ? oid : 0));
    const untyped = untypedInput({ ...statement, types }, { parameterTypes, fields: null });
    if (untyped !== undefined) {
      await connection.run(`DEALLOCATE ${quoteIdentifier(name)}`);
      await refuseUntypedInput(connection, untyped);
    }
    await settle(context);
    sink.commandComplete('PREPARE');
    return 'answered';
  },
});

/** `unknown` stands for a type that the server is to find. */
const isDeclared = (type: Node | undefined): boolean =>
  type !== undefined && 'TypeName' in type && nameParts(type.TypeName.names).at(-1) !== 'unknown';
