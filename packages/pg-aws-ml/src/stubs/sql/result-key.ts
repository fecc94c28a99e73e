import { internalSchema } from '../names.js';

/** `result_key(function, arguments)`: see `resultKey`. Lengths are those in UTF-8, whatever the server's encoding. */
export const resultKeySql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.result_key(function_name text, arguments text[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  spelled bytea := convert_to(function_name, 'UTF8');
  argument text;
  encoded bytea;
BEGIN
  FOREACH argument IN ARRAY arguments LOOP
    IF argument IS NULL THEN
      spelled := spelled || convert_to('|null', 'UTF8');
    ELSE
      encoded := convert_to(argument, 'UTF8');
      spelled := spelled || convert_to('|' || octet_length(encoded) || ':', 'UTF8') || encoded;
    END IF;
  END LOOP;
  RETURN sha256(spelled);
END $body$`,
];
