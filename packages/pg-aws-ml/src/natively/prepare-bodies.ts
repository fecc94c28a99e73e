import type { MlReach, SessionFacts } from '../catalog/facts.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { endpointCallsIn } from './endpoint-calls.js';
import { ensureInvokeEndpointCalls } from './overloads.js';

const bodiesSql = `
SELECT p.prosrc FROM pg_catalog.pg_proc p
WHERE p.oid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.strpos(pg_catalog.lower(p.prosrc), 'invoke_endpoint') > '0'`;

/**
 * Makes sure that the calls of invoke_endpoint in bodies of functions find one, before a body runs: what it would miss
 * it could take for an error of its own (EXCEPTION WHEN OTHERS). A failure leaves that to whoever makes the call.
 */
export async function prepareBodies(
  connection: ServerConnection,
  session: SessionFacts,
  reach: MlReach,
): Promise<void> {
  if (session.readOnly || session.inRecovery || reach.functions.size === 0) return;
  const oids = [...reach.functions.keys()].map(String);
  const { rows } = await connection.run(bodiesSql, { values: [arrayLiteral(oids)] });
  const calls = rows.flatMap(([body]) => endpointCallsIn(body ?? ''));
  if (calls.length === 0) return;
  const scope = { connection, inBlock: connection.transactionStatus !== 'I' };
  await inUnit(scope, { keep: true }, () => ensureInvokeEndpointCalls(connection, calls)).catch(() => settle(scope));
}
