import { internalSchema } from '../names.js';

/** What stands before the fields in every value of the type `argument`, and in no text that anybody would write. */
const MARK = 'a model input';

/**
 * The type `argument` of a model input that is no text: its CSV fields. Every type but the texts has an implicit cast to
 * it, so one function with a VARIADIC array of it takes arguments of any types, each written by its own type's output
 * function (docs/adr). A cast can only be made by who owns one of its types, and an ordinary role owns ranges but no
 * base types: so it is a range, of which only the lower bound is used. The mark keeps the type from reading an untyped
 * constant: that has to be a text, and a function for it is made where it fails.
 *
 * The casts run as whoever calls, in the search_path that names of regclass and its like depend on. Views hold the casts:
 * where the type is there, an update leaves it and them as they are.
 */
export const endpointArgumentSql: readonly string[] = [
  `DO $body$
BEGIN
  IF pg_catalog.to_regtype('${internalSchema}.argument') IS NOT NULL THEN RETURN; END IF;
  CREATE DOMAIN ${internalSchema}.argument_fields AS text[]
    CHECK (coalesce(VALUE[1] OPERATOR(pg_catalog.=) '${MARK}', VALUE IS NULL));
  CREATE TYPE ${internalSchema}.argument AS RANGE (subtype = ${internalSchema}.argument_fields);
END $body$`,

  `CREATE OR REPLACE FUNCTION ${internalSchema}.to_argument(value anyelement) RETURNS ${internalSchema}.argument
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $body$
BEGIN
  RETURN ${internalSchema}.argument(ARRAY['${MARK}', pg_catalog.format('%s', value)], NULL, '[)');
END $body$`,

  `CREATE OR REPLACE FUNCTION ${internalSchema}.array_to_argument(value anyarray) RETURNS ${internalSchema}.argument
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $body$
BEGIN
  RETURN ${internalSchema}.argument(pg_catalog.array_cat(ARRAY['${MARK}'], ${internalSchema}.csv_fields(value)), NULL, '[)');
END $body$`,

  // The texts 'empty' and '(,)' are ranges without bounds.
  `CREATE FUNCTION ${internalSchema}.fields_of(VARIADIC arguments ${internalSchema}.argument[]) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
DECLARE
  fields pg_catalog.text[] := '{}';
  own pg_catalog.text[];
BEGIN
  FOR i IN 1 .. pg_catalog.cardinality(arguments) LOOP
    IF arguments[i] IS NULL THEN
      fields := pg_catalog.array_append(fields, NULL);
    ELSE
      own := pg_catalog.lower(arguments[i]);
      IF own IS NULL THEN
        RAISE EXCEPTION 'an untyped constant is no model input beside others' USING ERRCODE = '22P02';
      END IF;
      fields := pg_catalog.array_cat(fields, own[2:]);
    END IF;
  END LOOP;
  RETURN fields;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.cast_to_argument(source oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF EXISTS (SELECT FROM pg_cast c WHERE c.castsource = source AND c.casttarget = '${internalSchema}.argument'::regtype) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE CAST (%s AS ${internalSchema}.argument) WITH FUNCTION ${internalSchema}.%s AS IMPLICIT',
    format_type(source, -1),
    CASE (SELECT t.typcategory FROM pg_type t WHERE t.oid = source)
      WHEN 'A' THEN 'array_to_argument(anyarray)' ELSE 'to_argument(anyelement)' END);
END $body$`,

  // Those of initdb, but texts, row types and pseudo-types. Users' own types follow when they are needed.
  `SELECT ${internalSchema}.cast_to_argument(t.oid) FROM pg_catalog.pg_type t
   LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
   WHERE t.oid < '16384' AND t.typtype IN ('b', 'r', 'm') AND t.typname NOT IN ('text', 'varchar', 'bpchar')
     AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace::pg_catalog.oid
     AND (e.oid IS NULL OR e.typtype IN ('b', 'r', 'm'))`,
];

/** The functions that casts hold, and so an update keeps. */
export const castFunctions: readonly string[] = ['to_argument', 'array_to_argument'];

/** Goes after all other functions that take the type. Casts go one by one: CASCADE would tell of them. */
export const dropEndpointArgumentSql: readonly string[] = [
  `DO $body$
DECLARE
  source pg_catalog.oid;
BEGIN
  FOR source IN SELECT c.castsource FROM pg_catalog.pg_cast c
    WHERE c.casttarget OPERATOR(pg_catalog.=) '${internalSchema}.argument'::pg_catalog.regtype::pg_catalog.oid
  LOOP
    EXECUTE pg_catalog.format('DROP CAST (%s AS ${internalSchema}.argument)', pg_catalog.format_type(source, -1));
  END LOOP;
END $body$`,
  ...castFunctions.map((name) => `DROP FUNCTION ${internalSchema}.${name}`),
  `DROP TYPE ${internalSchema}.argument`,
  `DROP DOMAIN ${internalSchema}.argument_fields`,
];
