import { internalSchema, resultsTable, stubModes, stubSettings } from '../names.js';

/**
 * Describe mode: ML functions give NULL while a statement is only planned, for the planner evaluates wrappers that are
 * declared IMMUTABLE. It works on standbys and in read-only transactions, where no table can hold a proof: so the setting
 * itself carries a digest that takes a secret of the installation, and holds for one transaction of one process.
 */
export const describeSql: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ${internalSchema}.secret (value text NOT NULL)`,
  `INSERT INTO ${internalSchema}.secret
    SELECT pg_catalog.concat(pg_catalog.gen_random_uuid(), pg_catalog.gen_random_uuid())
    WHERE NOT EXISTS (SELECT FROM ${internalSchema}.secret)`,

  `CREATE FUNCTION ${internalSchema}.describe_mode() RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $body$
  SELECT concat('${stubModes.describe}', encode(sha256(convert_to(
    concat_ws(' ', s.value, pg_backend_pid(), date_part('epoch', now())), 'UTF8')), 'hex'))
  FROM ${internalSchema}.secret s
$body$`,

  // What runs within a replayed statement doesn't know the nonce.
  `CREATE FUNCTION ${internalSchema}.begin_describe(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${internalSchema}.has_own_table('${resultsTable}') AND NOT ${internalSchema}.knows_replay(nonce) THEN
    RAISE EXCEPTION 'a replay has begun in this transaction' USING ERRCODE = '42501';
  END IF;
  PERFORM set_config('${stubSettings.mode}', ${internalSchema}.describe_mode(), true);
END $body$`,
];
