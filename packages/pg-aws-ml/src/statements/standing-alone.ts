import { observed } from '../pool-state/observed.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { mayChangeCatalog, standsAlone } from '../recognise/statement-kind.js';
import { definitionReachesMl } from '../replay/reaches-ml.js';
import { runByWay } from '../ways/run-by-way.js';
import { definitionCalls } from './definition.js';
import { claimIf, statementKind } from './statement-handler.js';

/** VACUUM, CREATE INDEX CONCURRENTLY and whatever else the server refuses in a transaction block. */
export const standingAlone = statementKind<StatementContext, true>({
  name: 'standing-alone',
  claims: (node) => claimIf(standsAlone(node)),
  async run(context, _, node) {
    const { connection, inBlock, state } = context;
    // One that has failed on its way leaves things behind: what makes calls must be known before.
    const reaches = !inBlock && (await definitionReachesMl(context, node));
    if (mayChangeCatalog(node)) state.forgetCatalog();
    await connection.sync();
    if (!reaches) return 'pass-through';
    await observed(context, node, (watched) => runByWay(watched, node, definitionCalls));
    return 'answered';
  },
});
