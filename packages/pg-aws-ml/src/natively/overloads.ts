import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { internalSchema } from '../stubs/names.js';

/** OID of PostgreSQL's type unknown: a quoted constant or NULL without a type. */
const unknownOid = 705;

/**
 * Makes sure that `aws_sagemaker.invoke_endpoint` accepts model inputs of these types: the arguments after
 * endpoint_name and max_rows_per_batch. Runs in the current transaction, with the extension owner's rights.
 *
 * @param modelInputs type OIDs; 0 and unknown become text
 * @returns whether something had to be created
 */
export async function ensureInvokeEndpoint(
  connection: ServerConnection,
  modelInputs: readonly number[],
): Promise<boolean> {
  const oids = modelInputs.map((oid) => String(oid === 0 ? unknownOid : oid));
  const { rows } = await connection.run(`SELECT ${internalSchema}.ensure_invoke_endpoint($1::pg_catalog.oid[])`, {
    values: [arrayLiteral(oids)],
  });
  return rows[0]?.[0] === 't';
}

/** The same for several calls. */
export async function ensureInvokeEndpointEach(
  connection: ServerConnection,
  calls: readonly (readonly string[])[],
): Promise<void> {
  const distinct = [...new Set(calls.map((oids) => arrayLiteral(oids)))];
  if (distinct.length === 0) return;
  await connection.run(
    `SELECT ${internalSchema}.ensure_invoke_endpoint(c::pg_catalog.oid[]) FROM pg_catalog.unnest($1::pg_catalog.text[]) AS c`,
    { values: [arrayLiteral(distinct)] },
  );
}

/** The same with types by name, as PostgreSQL's messages spell them in the current search_path. */
export async function ensureInvokeEndpointNamed(
  connection: ServerConnection,
  modelInputs: readonly string[],
): Promise<boolean> {
  const { rows } = await connection.run(
    `SELECT ${internalSchema}.ensure_invoke_endpoint($1::pg_catalog.regtype[]::pg_catalog.oid[])`,
    { values: [arrayLiteral(modelInputs)] },
  );
  return rows[0]?.[0] === 't';
}

/** Which model inputs of a call are untyped constants; all that a text tells of their types. */
export type UntypedInputs = readonly boolean[];

/**
 * The same for calls of which the text is all that is known: of each input that is no untyped constant, functions for
 * whatever it may be (of a handful; of more, for none being a text).
 */
export async function ensureInvokeEndpointCalls(
  connection: ServerConnection,
  calls: readonly UntypedInputs[],
): Promise<boolean> {
  const mixed = calls
    .filter((inputs) => inputs.length > 1 && inputs.includes(false))
    .map((c) => arrayLiteral(c.map((b) => (b ? 't' : 'f'))));
  const distinct = [...new Set(mixed)];
  if (distinct.length === 0) return false;
  const { rows } = await connection.run(
    `SELECT pg_catalog.bool_or(${internalSchema}.ensure_invoke_endpoint_call(c::pg_catalog.bool[])) FROM pg_catalog.unnest($1::pg_catalog.text[]) AS c`,
    { values: [arrayLiteral(distinct)] },
  );
  return rows[0]?.[0] === 't';
}

/** Every overload's signature, the one of the installation first. */
export async function readInvokeEndpointSignatures(connection: ServerConnection): Promise<string[]> {
  const { rows } = await connection.run(
    `SELECT p.oid::pg_catalog.regprocedure FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = pg_catalog.to_regnamespace('aws_sagemaker')::pg_catalog.oid AND p.proname = 'invoke_endpoint'
     ORDER BY p.oid`,
  );
  return rows.flatMap(([signature]) => signature ?? []);
}
