import {
  collectLimitMessage,
  internalSchema,
  outsidePoolCode,
  outsidePoolHint,
  replayProof,
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
 *
 * What runs for every evaluation, or for every input, has qualified names instead of a search_path of its own, and few
 * queries: an expression or an assignment costs a tenth of one, and is not told of in the report's context.
 */
export const evaluateSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.report(
  code text, nonce text, number bigint, function_name text, arguments text[], max_rows int
) RETURNS boolean
LANGUAGE plpgsql AS $body$
DECLARE
  payload pg_catalog.text := pg_catalog.json_build_object('number', number, 'function', function_name,
                                    'arguments', arguments, 'maxRowsPerBatch', max_rows)::pg_catalog.text;
BEGIN
  RAISE INFO USING ERRCODE = code, MESSAGE = payload, DETAIL = pg_catalog.encode(
    pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat(nonce, payload, nonce), 'UTF8')), 'hex');
  RETURN true;
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

  // The query is planned once in a transaction, and never for a table that isn't ours: to plan it can run functions of
  // the table's owner.
  `CREATE FUNCTION ${internalSchema}.evaluate(
  function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text
) LANGUAGE plpgsql AS $body$
DECLARE
  results pg_catalog.regclass;
BEGIN
  IF pg_catalog.current_setting('${stubSettings.mode}', true) OPERATOR(pg_catalog.=) '${stubModes.replay}' THEN
    results := pg_catalog.to_regclass('${resultsTable}');
    IF results IS NULL THEN
      RAISE EXCEPTION 'there are no results for %', function_name USING ERRCODE = '55000';
    END IF;
    -- Whether this is the table that begin_replay has made.
    IF results::pg_catalog.int8 OPERATOR(pg_catalog.=) pg_catalog.currval('${replayProof}'::pg_catalog.regclass) THEN
      SELECT r.r1, r.r2 INTO r1, r2 FROM ${resultsTable} r
        WHERE r.key OPERATOR(pg_catalog.=) ${resultKeyOf('function_name', 'arguments')} AND r.done AND r.code IS NULL;
      IF NOT FOUND THEN
        r1 := ${internalSchema}.without_result(function_name, arguments, max_rows);
      END IF;
      RETURN;
    END IF;
  END IF;
  SELECT e.r1, e.r2 INTO r1, r2 FROM ${internalSchema}.evaluate_otherwise(function_name, arguments, max_rows) e;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.evaluate_otherwise(
  function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  mode text := coalesce(current_setting('${stubSettings.mode}', true), '');
  answer record;
BEGIN
  IF mode = '${stubModes.live}' THEN
    answer := ${internalSchema}.await_live(function_name, arguments, max_rows);
  ELSIF starts_with(mode, '${stubModes.describe}') AND mode = ${internalSchema}.describe_mode() THEN
    RETURN;
  ELSIF mode = '${stubModes.replay}' THEN
    RAISE EXCEPTION 'the name % is taken by another role', '${resultsTable}' USING ERRCODE = '42501',
      HINT = 'Drop or rename it: pg-aws-ml needs this name within a transaction.';
  ELSE
    RAISE EXCEPTION '% needs a connection of pg-aws-ml', function_name
      USING ERRCODE = '${outsidePoolCode}',
            HINT = '${outsidePoolHint}';
  END IF;
  IF answer.code IS NOT NULL THEN
    PERFORM ${internalSchema}.raise(answer.code, answer.message, answer.detail, answer.hint);
  END IF;
  r1 := answer.r1;
  r2 := answer.r2;
END $body$`,

  // A call without a result, which gives NULL unless the run is strict, or with a failure, which is raised. The mode lies
  // beside the nonce, out of reach of the statement.
  `CREATE FUNCTION ${internalSchema}.without_result(function_name text, arguments text[], max_rows int) RETURNS text
LANGUAGE plpgsql AS $body$
DECLARE
  wanted pg_catalog.bytea := ${resultKeyOf('function_name', 'arguments')};
  stored pg_catalog.record;
  reported pg_catalog.bool;
  calls_left pg_catalog.text;
BEGIN
  SELECT b.nonce, b.mode, r.done, r.code, r.message, r.detail, r.hint INTO stored
    FROM ${resultsTable} b LEFT JOIN ${resultsTable} r ON r.key OPERATOR(pg_catalog.=) wanted
    WHERE b.key OPERATOR(pg_catalog.=) ''::pg_catalog.bytea;
  IF stored.done THEN
    reported := ${internalSchema}.report('${stubCodes.raisedFailure}', stored.nonce, NULL, function_name, arguments, max_rows);
    PERFORM ${internalSchema}.raise(stored.code, stored.message, stored.detail, stored.hint);
  ELSIF stored.mode OPERATOR(pg_catalog.=) 'strict' THEN
    reported := ${internalSchema}.report('${stubCodes.strictMiss}', stored.nonce, NULL, function_name, arguments, max_rows);
    RAISE EXCEPTION 'there is no result for %', function_name USING ERRCODE = '${stubCodes.strictMiss}';
  ELSIF stored.done IS NULL THEN
    reported := ${internalSchema}.report('${stubCodes.missingResult}', stored.nonce, NULL, function_name, arguments, max_rows);
    INSERT INTO ${resultsTable} (key, done) VALUES (wanted, false);
  END IF;
  calls_left := pg_catalog.current_setting('${stubSettings.collectLimit}', true);
  IF calls_left OPERATOR(pg_catalog.<>) '' THEN
    IF calls_left::pg_catalog.int8 OPERATOR(pg_catalog.<=) 1 THEN
      RAISE EXCEPTION '${collectLimitMessage}' USING ERRCODE = 'query_canceled';
    END IF;
    calls_left := pg_catalog.set_config('${stubSettings.collectLimit}',
      pg_catalog.int8mi(calls_left::pg_catalog.int8, 1)::pg_catalog.text, true);
  END IF;
  RETURN NULL;
END $body$`,
];
