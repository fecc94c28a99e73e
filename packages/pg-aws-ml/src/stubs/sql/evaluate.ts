import {
  collectLimitMessage,
  internalSchema,
  outsidePoolCode,
  outsidePoolHint,
  resultsTable,
  stubCodes,
  stubModes,
  stubSettings,
} from '../names.js';
import { resultKeyOf } from './result-key.js';

/**
 * What every ML function does once its arguments are text. Only the functions of the extension may call it, as their
 * owner: a role without EXECUTE on the ML function has no way here.
 *
 * A report is INFO with a JSON payload, and in DETAIL a digest that takes the nonce: SQL that forges a report can't
 * know it, because the nonce lies where only the owner reads.
 */
export const evaluateSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.report(
  code text, nonce text, number bigint, function_name text, arguments text[], max_rows int
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  payload text := json_build_object('number', number, 'function', function_name,
                                    'arguments', arguments, 'maxRowsPerBatch', max_rows);
BEGIN
  RAISE INFO USING ERRCODE = code, MESSAGE = payload,
    DETAIL = encode(sha256(convert_to(nonce || payload || nonce, 'UTF8')), 'hex');
END $body$`,

  // RAISE refuses an option that is null, and sends one that is empty.
  `CREATE FUNCTION ${internalSchema}.raise(code text, message text, detail text, hint text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF detail IS NULL AND hint IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
  ELSIF hint IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, DETAIL = detail;
  ELSIF detail IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, HINT = hint;
  END IF;
  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, DETAIL = detail, HINT = hint;
END $body$`,

  // Runs once for every evaluation: qualified names instead of a search_path of its own, a query for the owner of the
  // table and one for the result, nothing else. The queries are planned once in a transaction.
  `CREATE FUNCTION ${internalSchema}.evaluate(
  function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text
) LANGUAGE plpgsql AS $body$
DECLARE
  answered pg_catalog.bool;
BEGIN
  IF pg_catalog.current_setting('${stubSettings.mode}', true) OPERATOR(pg_catalog.=) '${stubModes.replay}' THEN
    PERFORM FROM pg_catalog.pg_class c
      WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('${resultsTable}')::pg_catalog.oid
        AND c.relkind OPERATOR(pg_catalog.=) 'r'
        AND pg_catalog.pg_get_userbyid(c.relowner) OPERATOR(pg_catalog.=) current_user;
    IF FOUND THEN
      SELECT r.r1, r.r2, r.code IS NULL AND r.done INTO r1, r2, answered FROM ${resultsTable} r
        WHERE r.key OPERATOR(pg_catalog.=) ${resultKeyOf('function_name', 'arguments')};
      IF answered THEN RETURN; END IF;
    END IF;
  END IF;
  SELECT e.r1, e.r2 INTO r1, r2 FROM ${internalSchema}.evaluate_otherwise(function_name, arguments, max_rows) e;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.evaluate_otherwise(
  function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  mode text := coalesce(current_setting('${stubSettings.mode}', true), '');
  stored record;
BEGIN
  IF mode = '${stubModes.replay}' THEN
    stored := ${internalSchema}.look_up(function_name, arguments, max_rows);
  ELSIF mode = '${stubModes.live}' THEN
    stored := ${internalSchema}.await_live(function_name, arguments, max_rows);
  ELSIF starts_with(mode, '${stubModes.describe}') AND mode = ${internalSchema}.describe_mode() THEN
    RETURN;
  ELSE
    RAISE EXCEPTION '% needs a connection of pg-aws-ml', function_name
      USING ERRCODE = '${outsidePoolCode}',
            HINT = '${outsidePoolHint}';
  END IF;
  IF stored.code IS NOT NULL THEN
    PERFORM ${internalSchema}.raise(stored.code, stored.message, stored.detail, stored.hint);
  END IF;
  r1 := stored.r1;
  r2 := stored.r2;
END $body$`,

  // A call without a result, or whose result is a failure. The mode lies beside the nonce, out of reach of the statement.
  `CREATE FUNCTION ${internalSchema}.look_up(
  function_name text, arguments text[], max_rows int,
  OUT r1 text, OUT r2 text, OUT code text, OUT message text, OUT detail text, OUT hint text
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  wanted bytea := ${resultKeyOf('function_name', 'arguments')};
  answered boolean;
  replay record;
  calls_left text;
BEGIN
  IF NOT ${internalSchema}.has_own_table('${resultsTable}') THEN
    RAISE EXCEPTION 'no results are at hand for %', function_name USING ERRCODE = '55000';
  END IF;
  SELECT r.nonce, r.mode INTO replay FROM ${resultsTable} r WHERE r.key = ''::bytea;
  SELECT r.done, r.r1, r.r2, r.code, r.message, r.detail, r.hint INTO answered, r1, r2, code, message, detail, hint
    FROM ${resultsTable} r WHERE r.key = wanted;
  IF answered THEN
    IF code IS NOT NULL THEN
      PERFORM ${internalSchema}.report('${stubCodes.raisedFailure}', replay.nonce, NULL, function_name, arguments, max_rows);
    END IF;
    RETURN;
  ELSIF replay.mode = 'strict' THEN
    PERFORM ${internalSchema}.report('${stubCodes.strictMiss}', replay.nonce, NULL, function_name, arguments, max_rows);
    RAISE EXCEPTION 'no result is at hand for %', function_name USING ERRCODE = '${stubCodes.strictMiss}';
  ELSIF answered IS NULL THEN
    PERFORM ${internalSchema}.report('${stubCodes.missingResult}', replay.nonce, NULL, function_name, arguments, max_rows);
    INSERT INTO ${resultsTable} (key, done) VALUES (wanted, false);
  END IF;
  calls_left := nullif(current_setting('${stubSettings.collectLimit}', true), '');
  IF calls_left IS NOT NULL THEN
    IF calls_left::bigint <= 1 THEN
      RAISE EXCEPTION '${collectLimitMessage}' USING ERRCODE = 'query_canceled';
    END IF;
    PERFORM set_config('${stubSettings.collectLimit}', (calls_left::bigint - 1)::text, true);
  END IF;
END $body$`,
];
