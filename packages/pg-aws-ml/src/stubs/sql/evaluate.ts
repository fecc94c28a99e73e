import {
  collectLimitMessage,
  internalSchema,
  outsidePoolCode,
  outsidePoolHint,
  resultsTable,
  stubCodes,
  stubSettings,
} from '../names.js';

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

  `CREATE FUNCTION ${internalSchema}.evaluate(
  function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  mode text := coalesce(current_setting('${stubSettings.mode}', true), '');
  wanted bytea;
  stored record;
  nonce text;
  calls_left text;
BEGIN
  IF mode = 'describe' THEN
    RETURN;
  ELSIF mode = 'live' THEN
    stored := ${internalSchema}.await_live(function_name, arguments, max_rows);
  ELSIF mode IN ('collect', 'strict') THEN
    IF NOT ${internalSchema}.has_own_table('${resultsTable}') THEN
      RAISE EXCEPTION 'no results are at hand for %', function_name USING ERRCODE = '55000';
    END IF;
    wanted := ${internalSchema}.result_key(function_name, arguments);
    SELECT r.* INTO stored FROM ${resultsTable} r WHERE r.key = wanted;
    IF NOT FOUND OR NOT stored.done THEN
      SELECT r.nonce INTO nonce FROM ${resultsTable} r WHERE r.key = ''::bytea;
      IF mode = 'strict' THEN
        PERFORM ${internalSchema}.report('${stubCodes.strictMiss}', nonce, NULL, function_name, arguments, max_rows);
        RAISE EXCEPTION 'no result is at hand for %', function_name USING ERRCODE = '${stubCodes.strictMiss}';
      END IF;
      IF stored IS NULL THEN
        PERFORM ${internalSchema}.report('${stubCodes.missingResult}', nonce, NULL, function_name, arguments, max_rows);
        INSERT INTO ${resultsTable} (key, done) VALUES (wanted, false);
      END IF;
      calls_left := nullif(current_setting('${stubSettings.collectLimit}', true), '');
      IF calls_left IS NOT NULL THEN
        IF calls_left::bigint <= 1 THEN
          RAISE EXCEPTION '${collectLimitMessage}' USING ERRCODE = 'query_canceled';
        END IF;
        PERFORM set_config('${stubSettings.collectLimit}', (calls_left::bigint - 1)::text, true);
      END IF;
      RETURN;
    END IF;
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
];
