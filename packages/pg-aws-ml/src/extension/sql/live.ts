import { internalSchema } from '../names.js';

/**
 * Results for calls that wait. Whoever may answer a session knows its nonce; `begin_live` commits it before the
 * statement starts where the statement may commit in between. Unlogged: after a crash nobody waits any more.
 */
export const liveSql: readonly string[] = [
  `CREATE SEQUENCE ${internalSchema}.live_number`,
  `CREATE UNLOGGED TABLE ${internalSchema}.live_session (pid int PRIMARY KEY, nonce text NOT NULL)`,
  `CREATE UNLOGGED TABLE ${internalSchema}.live_result (
  nonce text, number bigint,
  r1 text, r2 text, code text, message text, detail text, hint text,
  PRIMARY KEY (nonce, number)
)`,

  `CREATE FUNCTION ${internalSchema}.begin_live(nonce text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  INSERT INTO ${internalSchema}.live_session AS s (pid, nonce) VALUES (pg_backend_pid(), $1)
  ON CONFLICT (pid) DO UPDATE SET nonce = excluded.nonce
$body$`,

  `CREATE FUNCTION ${internalSchema}.answer_live(
  nonce text, number bigint, r1 text, r2 text, code text, message text, detail text, hint text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  INSERT INTO ${internalSchema}.live_result VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
$body$`,

  `CREATE FUNCTION ${internalSchema}.end_live(nonce text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  DELETE FROM ${internalSchema}.live_result r WHERE r.nonce = $1;
  DELETE FROM ${internalSchema}.live_session s WHERE s.nonce = $1
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
    + coalesce(nullif(current_setting('aws_ml.live_timeout', true), ''), '300000')::float8 * interval '1 millisecond';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION '% cannot be called row by row in a % transaction',
        function_name, current_setting('transaction_isolation')
      USING ERRCODE = '0A000', HINT = 'Use READ COMMITTED: only there a statement sees results that arrive meanwhile.';
  END IF;
  SELECT s.nonce INTO session_nonce FROM ${internalSchema}.live_session s WHERE s.pid = pg_backend_pid();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nobody answers the live calls of this session' USING ERRCODE = '55000';
  END IF;
  call := nextval('${internalSchema}.live_number');
  PERFORM ${internalSchema}.report('ML003', session_nonce, call, function_name, arguments, max_rows);
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
