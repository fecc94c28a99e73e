import { internalSchema } from '../names.js';

/**
 * The CSV fields of an argument of invoke_endpoint, as its output function writes them: `format` calls that, a cast to
 * text would not (a boolean is `t`, a cast makes it `true`; and a cast may be somebody's function).
 * No search_path is set: the names that regclass and its like write depend on the caller's.
 */
export const csvFieldsSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.csv_field(argument anyelement) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
  SELECT ARRAY[CASE pg_catalog.num_nulls($1) WHEN 0 THEN pg_catalog.format('%s', $1) END]
$body$`,

  `CREATE FUNCTION ${internalSchema}.csv_fields(argument anyarray) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
BEGIN
  IF argument IS NULL THEN
    RETURN ARRAY[NULL::pg_catalog.text];
  ELSIF pg_catalog.array_ndims(argument) OPERATOR(pg_catalog.>) 1 THEN
    RAISE EXCEPTION 'array arguments must be one-dimensional' USING ERRCODE = '2202E';
  END IF;
  RETURN ARRAY(
    SELECT CASE pg_catalog.num_nulls(argument[i]) WHEN 0 THEN pg_catalog.format('%s', argument[i]) END
    FROM pg_catalog.generate_subscripts(argument, 1) AS i ORDER BY i
  );
END $body$`,
];
