import { internalSchema, replayProof, resultsTable, stubModes, stubSettings } from '../names.js';

/**
 * Results for one transaction. The table belongs to the extension's owner: roles that run statements can neither read
 * it nor write to it but through these functions, and only who knows the nonce adds results. The first nonce of a
 * transaction stays, lest a function that runs within the statement start a replay of its own.
 */
export const replaySql: readonly string[] = [
  `CREATE SEQUENCE ${replayProof}`,

  // A table of that name that belongs to somebody else is refused: its rules or triggers would run as the owner.
  `CREATE FUNCTION ${internalSchema}.has_own_table(table_name text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  owner name;
  kind "char";
BEGIN
  SELECT pg_get_userbyid(c.relowner), c.relkind INTO owner, kind FROM pg_class c WHERE c.oid = to_regclass(table_name);
  IF NOT FOUND THEN RETURN false; END IF;
  IF owner <> current_user OR kind <> 'r' THEN
    RAISE EXCEPTION 'the name % is taken by another role', table_name
      USING ERRCODE = '42501', HINT = 'Drop or rename it: pg-aws-ml needs this name within a transaction.';
  END IF;
  RETURN true;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.knows_replay(nonce text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  -- Two statements: the second is planned only where the table is there.
  IF NOT ${internalSchema}.has_own_table('${resultsTable}') THEN RETURN false; END IF;
  RETURN EXISTS (SELECT FROM ${resultsTable} r WHERE r.key = ''::bytea AND r.nonce = knows_replay.nonce);
END $body$`,

  `CREATE FUNCTION ${internalSchema}.begin_replay(nonce text, mode text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${internalSchema}.knows_replay(nonce) THEN
    UPDATE ${resultsTable} r SET mode = begin_replay.mode WHERE r.key = ''::bytea AND r.mode <> begin_replay.mode;
  ELSIF ${internalSchema}.has_own_table('${resultsTable}') THEN
    RAISE EXCEPTION 'another replay has begun in this transaction' USING ERRCODE = '42501';
  ELSE
    CREATE TEMP TABLE ${resultsTable.slice('pg_temp.'.length)} (
      key bytea PRIMARY KEY, done boolean NOT NULL, nonce text, mode text,
      r1 text, r2 text, code text, message text, detail text, hint text
    ) ON COMMIT DROP;
    INSERT INTO ${resultsTable} (key, done, nonce, mode) VALUES (''::bytea, true, nonce, mode);
    PERFORM setval('${replayProof}', '${resultsTable}'::regclass::bigint);
  END IF;
  PERFORM set_config('${stubSettings.mode}', '${stubModes.replay}', true);
  PERFORM ${internalSchema}.watch_client(true);
END $body$`,

  `CREATE FUNCTION ${internalSchema}.store_results(
  nonce text, keys bytea[], r1s text[], r2s text[], codes text[], messages text[], details text[], hints text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF NOT ${internalSchema}.knows_replay(nonce) THEN
    RAISE EXCEPTION 'no replay with this nonce' USING ERRCODE = '42501';
  END IF;
  INSERT INTO ${resultsTable} AS r (key, done, r1, r2, code, message, detail, hint)
    SELECT u.key, true, u.r1, u.r2, u.code, u.message, u.detail, u.hint
    FROM unnest(keys, r1s, r2s, codes, messages, details, hints) AS u(key, r1, r2, code, message, detail, hint)
    WHERE u.key <> ''::bytea
    ON CONFLICT (key) DO UPDATE SET done = true, r1 = excluded.r1, r2 = excluded.r2,
      code = excluded.code, message = excluded.message, detail = excluded.detail, hint = excluded.hint;
END $body$`,

  // Not the nonce: who reads it could store results.
  `CREATE FUNCTION ${internalSchema}.open_results(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF NOT ${internalSchema}.knows_replay(nonce) THEN
    RAISE EXCEPTION 'no replay with this nonce' USING ERRCODE = '42501';
  END IF;
  GRANT SELECT (key, r1, r2) ON ${resultsTable} TO PUBLIC;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.end_replay(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${internalSchema}.knows_replay(nonce) THEN
    DROP TABLE ${resultsTable};
    PERFORM ${internalSchema}.unwatch_client(true);
  END IF;
END $body$`,
];
