import { internalSchema } from '../names.js';

/**
 * A value as text that reads back as the same value, whatever the session's output settings are. The settings hold for
 * the conversion only. Gives its caller nothing but a text of the caller's own value.
 */
export const exactTextSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.exact_text(value anyelement) RETURNS text LANGUAGE sql STABLE STRICT
   SET extra_float_digits = 3 SET "DateStyle" = 'ISO, YMD' SET "IntervalStyle" = 'postgres' SET bytea_output = 'hex'
   AS $$ SELECT pg_catalog.format('%s', value) $$`,
];
