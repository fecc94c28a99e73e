import { internalSchema, liveTable, stubCodes, stubSettings } from '../names.js';

/**
 * Results for calls that wait. The statement's session holds its nonce in a temporary table of the extension's owner,
 * which outlives the COMMITs of a procedure; who answers proves to know it by the place of the answer. Unlogged: after
 * a crash nobody waits any more.
 */
export const liveSql: readonly string[] = [
  `CREATE SEQUENCE ${internalSchema}.live_number`,
  `CREATE UNLOGGED TABLE ${internalSchema}.live_result (
  nonce text, number bigint,
  r1 text, r2 text, code text, message text, detail text, hint text,
  pid int, backend_start timestamptz,
  PRIMARY KEY (nonce, number)
)`,

  `CREATE FUNCTION ${internalSchema}.begin_live(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${internalSchema}.has_own_table('${liveTable}') THEN
    IF EXISTS (SELECT FROM ${liveTable} s WHERE s.nonce = begin_live.nonce) THEN RETURN; END IF;
    RAISE EXCEPTION 'another live statement has begun in this session' USING ERRCODE = '42501';
  END IF;
  CREATE TEMP TABLE ${liveTable.slice('pg_temp.'.length)} (nonce text NOT NULL);
  INSERT INTO ${liveTable} VALUES (nonce);
END $body$`,

  `CREATE FUNCTION ${internalSchema}.answer_live(
  nonce text, number bigint, pid int, backend_start timestamptz,
  r1 text, r2 text, code text, message text, detail text, hint text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  INSERT INTO ${internalSchema}.live_result VALUES ($1, $2, $5, $6, $7, $8, $9, $10, $3, $4)
$body$`,

  // Leaves the answers alone: the transaction that it belongs to may stay open, and whoever answers would wait for its end.
  `CREATE FUNCTION ${internalSchema}.end_live(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${internalSchema}.has_own_table('${liveTable}') THEN
    IF EXISTS (SELECT FROM ${liveTable} s WHERE s.nonce = end_live.nonce) THEN
      DROP TABLE ${liveTable};
    END IF;
  END IF;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.forget_live(nonce text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  DELETE FROM ${internalSchema}.live_result r WHERE r.nonce = $1
$body$`,

  // Of processes that have ended. When a process began may be hidden from the extension's owner: then its id decides, and
  // what is left of an earlier process with that id goes when this one has ended.
  `CREATE FUNCTION ${internalSchema}.forget_ended_live() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  WITH left_over AS (
    SELECT r.nonce, r.number FROM ${internalSchema}.live_result r
    WHERE NOT EXISTS (
      SELECT FROM pg_stat_get_activity(r.pid) a WHERE coalesce(a.backend_start = r.backend_start, a.pid = r.pid)
    ) FOR UPDATE SKIP LOCKED
  ), removed AS (
    DELETE FROM ${internalSchema}.live_result r USING left_over l
    WHERE r.nonce = l.nonce AND r.number = l.number RETURNING 1
  )
  SELECT count(*) FROM removed
$body$`,

  `CREATE FUNCTION ${internalSchema}.await_live(
  function_name text, arguments text[], max_rows int,
  OUT r1 text, OUT r2 text, OUT code text, OUT message text, OUT detail text, OUT hint text
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  session_nonce text;
  call bigint;
  pause float8 := 0.0005;
  deadline timestamptz := clock_timestamp()
    + coalesce(nullif(current_setting('${stubSettings.liveTimeout}', true), ''), '300000')::float8 * interval '1 millisecond';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION '% cannot be called row by row in a % transaction',
        function_name, current_setting('transaction_isolation')
      USING ERRCODE = '0A000', HINT = 'Use READ COMMITTED: only there a statement sees results that arrive meanwhile.';
  END IF;
  IF NOT ${internalSchema}.has_own_table('${liveTable}') THEN
    RAISE EXCEPTION 'nobody answers the live calls of this session' USING ERRCODE = '55000';
  END IF;
  SELECT s.nonce INTO STRICT session_nonce FROM ${liveTable} s;
  call := nextval('${internalSchema}.live_number');
  PERFORM ${internalSchema}.report('${stubCodes.liveInput}', session_nonce, call, function_name, arguments, max_rows);
  LOOP
    SELECT r.r1, r.r2, r.code, r.message, r.detail, r.hint INTO r1, r2, code, message, detail, hint
      FROM ${internalSchema}.live_result r WHERE r.nonce = session_nonce AND r.number = call;
    EXIT WHEN FOUND;
    IF clock_timestamp() > deadline THEN
      RAISE EXCEPTION 'no result for % in time', function_name USING ERRCODE = '38000';
    END IF;
    PERFORM pg_sleep(pause);
    pause := least(pause * 1.5, 0.01);
  END LOOP;
END $body$`,
];
