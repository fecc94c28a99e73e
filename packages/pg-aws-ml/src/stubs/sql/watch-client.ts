import { internalSchema, stubSettings } from '../names.js';

const CHECK_INTERVAL = 'client_connection_check_interval';

/**
 * A statement that runs for us may never end: its process would go on when its client has gone. From PostgreSQL 14 on
 * servers can look whether it has; they are asked to while we run something, unless somebody has set the interval.
 */
export const watchClientSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.watch_client(is_local boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF current_setting('${CHECK_INTERVAL}', true) = '0' THEN
    BEGIN
      PERFORM set_config('${CHECK_INTERVAL}', '2s', is_local);
      PERFORM set_config('${stubSettings.watchesClient}', 'on', is_local);
    EXCEPTION WHEN invalid_parameter_value THEN
      -- Not every operating system tells.
      NULL;
    END;
  END IF;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.unwatch_client(is_local boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF current_setting('${stubSettings.watchesClient}', true) = 'on' THEN
    PERFORM set_config('${CHECK_INTERVAL}', '0', is_local), set_config('${stubSettings.watchesClient}', '', is_local);
  END IF;
END $body$`,
];
