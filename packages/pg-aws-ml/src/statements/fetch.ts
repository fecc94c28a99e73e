import { answer } from '../natively/run-natively.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { fetchFromCursor } from '../replay/cursors.js';
import type { AnswerRow, RawResult } from '../server/server-connection.js';
import { statementKind } from './statement-handler.js';

/** FETCH and MOVE over a cursor with ML calls. */
export const fetch = statementKind<StatementContext, RawResult<AnswerRow>>({
  name: 'fetch',
  claims: (node, context) => fetchFromCursor(context, node),
  async run(context, fetched) {
    await context.connection.sync();
    await answer(context, fetched);
    return 'answered';
  },
});
