import type { MlCall } from 'aws-ml-core';
import { settle } from '../server/transaction.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { internalSchema } from '../stubs/names.js';
import { resultKey } from '../stubs/result-key.js';
import { type Collected, collectRun, isLimit } from './collect-run.js';
import type { BoundSql, Replay } from './replay.js';

/** Words that may give another value in the next run. */
const VARYING =
  'random|gen_random_uuid|uuid_generate_v[0-9a-z]+|clock_timestamp|timeofday|now|transaction_timestamp|statement_timestamp|current_timestamp|current_time|current_date|localtimestamp|localtime|txid_current|pg_current_xact_id|ctid|xmin|pg_backend_pid';
const varying = new RegExp(`\\b(?:${VARYING})\\b`, 'i');

/** Calls that a look at the inputs may make. */
const LIMIT = 200;

/**
 * Whether two runs ask for the same inputs, where the text of the SQL or of a function that reaches an ML function
 * makes one doubt it. Nothing is invoked.
 */
export async function inputsAreSteady(replay: Replay, sql: BoundSql): Promise<boolean> {
  if (!varying.test(sql.text) && !(await functionsVary(replay))) return true;
  const first = await collectRun(replay, sql, LIMIT);
  return first.missing.length === 0 || repeatsInputs(replay, sql, first);
}

/** Whether another run, with what is known by now, asks for what the latest one has missed, as far as both go. */
export async function repeatsInputs(replay: Replay, sql: BoundSql, latest: Collected): Promise<boolean> {
  const again = await collectRun(replay, sql, LIMIT);
  const length = Math.min(latest.missing.length, again.missing.length);
  if (keysOf(latest.missing.slice(0, length)) !== keysOf(again.missing.slice(0, length))) return false;
  return latest.missing.length === again.missing.length || isLimit(latest.error) || isLimit(again.error);
}

const keysOf = (calls: readonly MlCall[]): string =>
  calls
    .map((call) => resultKey(call.function, call.arguments))
    .sort()
    .join();

async function functionsVary({ context }: Replay): Promise<boolean> {
  const { connection, state } = context;
  const { functions } = await state.catalog.mlReach(connection);
  const { rows } = await connection.run(
    `SELECT EXISTS (
       SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
       WHERE p.oid = ANY ($1::pg_catalog.oid[]) AND n.nspname::pg_catalog.text NOT LIKE 'aws\\_%' AND n.nspname <> '${internalSchema}' AND p.prosrc ~* $2)`,
    { values: [arrayLiteral([...functions.keys()].map(String)), `\\m(${VARYING})\\M`] },
  );
  await settle(context);
  return rows[0]?.[0] === 't';
}
