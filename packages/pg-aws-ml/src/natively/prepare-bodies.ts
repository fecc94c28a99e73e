import type { MlReach, SessionFacts } from '../catalog/facts.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { endpointCallsIn } from './endpoint-calls.js';
import { ensureInvokeEndpointCalls, ensureInvokeEndpointEach, type UntypedInputs } from './overloads.js';

/** A call gets no more functions than this for the types that its function handles. */
const MOST_COMBINATIONS = 64;

/** OIDs of PostgreSQL's types int4 and unknown: any type that needs no function of its own, and an untyped constant. */
const [anyOther, constant] = ['23', '705'];

/**
 * The bodies, with the composite type and the enum that the function may handle: of its arguments, or of the columns of
 * the tables whose trigger it is. Each stands for all of its kind.
 */
const bodiesSql = `
SELECT p.prosrc, special.composite, special.enum FROM pg_catalog.pg_proc p, LATERAL (
  SELECT pg_catalog.min(t.oid::pg_catalog.int8) FILTER (WHERE t.typtype = 'c') AS composite,
         pg_catalog.min(t.oid::pg_catalog.int8) FILTER (WHERE t.typtype = 'e') AS enum
  FROM pg_catalog.pg_type t WHERE t.typtype IN ('c', 'e') AND (t.oid = ANY (p.proargtypes::pg_catalog.oid[]) OR EXISTS (
    SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_attribute a ON a.attrelid = g.tgrelid
    WHERE g.tgfoid = p.oid AND a.atttypid = t.oid))) AS special
WHERE p.oid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.strpos(pg_catalog.lower(p.prosrc), 'invoke_endpoint') > '0'`;

/**
 * Makes sure that the calls of invoke_endpoint in bodies of functions find one, before a body runs: what it would miss
 * it could take for an error of its own (EXCEPTION WHEN OTHERS), and nothing repairs it in a statement that runs live. A
 * failure leaves that to whoever makes the call.
 */
export async function prepareBodies(
  connection: ServerConnection,
  session: SessionFacts,
  reach: MlReach,
): Promise<void> {
  if (session.readOnly || session.inRecovery || reach.functions.size === 0) return;
  const oids = [...reach.functions.keys()].map(String);
  const { rows } = await connection.run(bodiesSql, { values: [arrayLiteral(oids)] });
  const calls: UntypedInputs[] = [];
  const typed: string[][] = [];
  for (const [body, composite, enumerated] of rows) {
    const found = endpointCallsIn(body ?? '');
    calls.push(...found);
    const special = [composite, enumerated].filter((oid) => oid != null);
    typed.push(...found.flatMap((call) => combinations(call, special)));
  }
  if (calls.length === 0) return;
  const scope = { connection, inBlock: connection.transactionStatus !== 'I' };
  const ensure = async () => {
    await ensureInvokeEndpointCalls(connection, calls);
    await ensureInvokeEndpointEach(connection, typed);
  };
  await inUnit(scope, { keep: true }, ensure).catch(() => settle(scope));
}

/** What types the inputs may have, where some are of a type that needs a function of its own. */
function combinations(call: UntypedInputs, special: readonly string[]): string[][] {
  const choices = call.map((untyped) => (untyped ? [constant] : [anyOther, ...special]));
  if (special.length === 0 || choices.reduce((n, some) => n * some.length, 1) > MOST_COMBINATIONS) return [];
  const all = choices.reduce<string[][]>((lists, some) => lists.flatMap((l) => some.map((oid) => [...l, oid])), [[]]);
  return all.filter((list) => list.some((oid) => special.includes(oid)));
}
