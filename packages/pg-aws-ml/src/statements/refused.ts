import { someNode } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import { isMisplacedCursor } from '../replay/cursors.js';
import { claimIf, statementKind } from './statement-handler.js';

/** What the server refuses whatever it calls: parameters without values, and cursors outside of a block. */
export const refused = statementKind<StatementContext, true>({
  name: 'refused',
  claims: (node, context) => {
    // The simple protocol has no parameters.
    const lacksValues = context.statement.values === undefined && someNode(node, (n) => 'ParamRef' in n);
    return claimIf(lacksValues || isMisplacedCursor(node, context));
  },
  async run({ connection }) {
    await connection.sync();
    return 'pass-through';
  },
});
