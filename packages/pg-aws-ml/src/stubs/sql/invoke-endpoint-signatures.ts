import { internalSchema } from '../names.js';
import { invokeEndpointBody, mlFunctionAttributes, principalInvokeEndpoint } from './ml-functions.js';
import { spelledApart } from './spelled-apart.js';

/** A call with more model inputs than this whose types are unknown gets no function for each that they may be. */
const MOST_UNKNOWN = 5;

/**
 * The signatures of invoke_endpoint. Two functions take all calls whose model inputs are all texts, or all of other
 * types. Where they are mixed, a call needs a function of its own, whose parameters are
 *
 * - `bpchar` for texts: text and varchar become it without a change, and untyped constants are read as they are;
 * - `_aws_ml.argument` for what has a cast to it: all that isn't named here;
 * - `record` for rows and composite types, `anyenum` for an enum: no type of a user's is held by it. Of two enums in
 *   one call the second is held by its name, as are types of users that need a cast.
 *
 * Every type fits exactly one of these. So PostgreSQL cannot take a call by a function that was made for other types,
 * whatever others have called.
 *
 * `ensure_invoke_endpoint(types)` makes sure that a call with these types finds a function; `ensure_invoke_endpoint_call`
 * does so where nothing is known but which model inputs are untyped constants. Both return whether something had to be
 * created. Anybody may call them, as anybody may write a call; they give no right to make the call.
 *
 * `write_signature(parameters)` gives one its body, `copy_grants(source, target)` its privileges.
 *
 * `to_regproc(name)`: pg_catalog's, but the function invoke_endpoint stays one to who asks by name alone.
 */
export const invokeEndpointSignaturesSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.endpoint_parameter(argument_type oid, INOUT first_enum oid, OUT parameter text, OUT wants_cast oid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  t record;
BEGIN
  LOOP
    SELECT p.oid, p.typtype, p.typbasetype INTO t FROM pg_type p WHERE p.oid = argument_type;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'type with OID % does not exist', argument_type USING ERRCODE = '42704';
    END IF;
    EXIT WHEN t.typtype <> 'd';
    argument_type := t.typbasetype;
  END LOOP;
  IF t.oid IN ('unknown'::regtype, 'text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN
    parameter := 'bpchar';
  ELSIF t.typtype = 'c' OR t.oid = 'record'::regtype THEN
    parameter := 'record';
  ELSIF t.typtype = 'e' AND coalesce(first_enum, t.oid) = t.oid THEN
    parameter := 'anyenum';
    first_enum := t.oid;
  ELSIF t.typtype = 'e' THEN
    parameter := format_type(t.oid, NULL);
  ELSIF t.typtype = 'p' THEN
    RAISE EXCEPTION ${spelledApart('invoke_endpoint cannot take an argument of type %')}, format_type(t.oid, NULL) USING ERRCODE = '42804';
  ELSE
    parameter := '${internalSchema}.argument';
    IF NOT EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = '${internalSchema}.argument'::regtype) THEN
      wants_cast := t.oid;
    END IF;
  END IF;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.create_signature(parameters text[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  signature text := format(${spelledApart('aws_sagemaker.invoke_endpoint(varchar,int4,%s)')}, array_to_string(parameters, ','));
BEGIN
  -- There is a function for these.
  IF parameters <@ ARRAY['bpchar'] OR parameters <@ ARRAY['${internalSchema}.argument'] OR to_regprocedure(signature) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('${internalSchema}'), hashtext(signature));
  IF to_regprocedure(signature) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM ${internalSchema}.write_signature(parameters);
  PERFORM ${internalSchema}.copy_grants(${spelledApart(principalInvokeEndpoint)}, signature::regprocedure);
  RETURN true;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.write_signature(parameters text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  fields text := '''{}''::pg_catalog.text[]';
BEGIN
  FOR i IN 1 .. cardinality(parameters) LOOP
    fields := format('pg_catalog.array_cat(%s, ${internalSchema}.%s($%s))', fields,
      CASE parameters[i] WHEN '${internalSchema}.argument' THEN 'fields_of' ELSE 'csv_field' END, i + 2);
  END LOOP;
  EXECUTE format(${spelledApart('CREATE OR REPLACE FUNCTION aws_sagemaker.invoke_endpoint(')}
    'IN endpoint_name varchar, IN max_rows_per_batch int4, %s, OUT model_output varchar) ${mlFunctionAttributes} AS %L',
    'IN ' || array_to_string(parameters, ', IN '),
    replace(${literal(invokeEndpointBody('@fields@'))}, '@fields@', fields));
END $body$`,

  `CREATE FUNCTION ${internalSchema}.copy_grants(source regprocedure, target regprocedure) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  grants record;
BEGIN
  EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', target);
  FOR grants IN
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
           CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS grant_option
    FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.oid = source AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s%s', target, grants.grantee, grants.grant_option);
  END LOOP;
END $body$`,

  // NULL stands for a text or what has a cast: by the bits of a number. Of too many, none is a text.
  `CREATE FUNCTION ${internalSchema}.create_signatures(parameters text[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  unknown int := num_nulls(VARIADIC parameters);
  chosen text[];
  bit int;
  created boolean := false;
BEGIN
  FOR texts IN 0 .. CASE WHEN unknown > ${MOST_UNKNOWN} THEN 0 ELSE (1 << unknown) - 1 END LOOP
    chosen := parameters;
    bit := 0;
    FOR i IN 1 .. cardinality(parameters) LOOP
      CONTINUE WHEN parameters[i] IS NOT NULL;
      chosen[i] := CASE (texts >> bit) & 1 WHEN 1 THEN 'bpchar' ELSE '${internalSchema}.argument' END;
      bit := bit + 1;
    END LOOP;
    -- Not by OR: what is known to be true already evaluates nothing.
    IF ${internalSchema}.create_signature(chosen) THEN
      created := true;
    END IF;
  END LOOP;
  RETURN created;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.ensure_invoke_endpoint(argument_types oid[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  either text[] := ARRAY['bpchar', '${internalSchema}.argument'];
  argument_type oid;
  first_enum oid;
  parameter text;
  parameters text[] := '{}';
  wants_cast oid;
  created boolean := false;
BEGIN
  IF coalesce(cardinality(argument_types), 0) NOT BETWEEN 1 AND 98 THEN
    RAISE EXCEPTION ${spelledApart('invoke_endpoint takes 1 to 98 model inputs')} USING ERRCODE = '54023';
  END IF;
  FOREACH argument_type IN ARRAY argument_types LOOP
    SELECT p.first_enum, p.parameter, p.wants_cast INTO first_enum, parameter, wants_cast
      FROM ${internalSchema}.endpoint_parameter(argument_type, first_enum) AS p;
    parameters := parameters || parameter;
    IF wants_cast IS NOT NULL THEN
      BEGIN
        PERFORM ${internalSchema}.cast_to_argument(wants_cast);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
      created := true;
    END IF;
  END LOOP;
  IF ${internalSchema}.create_signature(parameters) THEN
    created := true;
  END IF;
  -- An untyped constant in the place of one that isn't named must find its function, too.
  IF NOT parameters <@ either AND (SELECT count(*) FROM unnest(parameters) AS p WHERE p = ANY (either)) <= ${MOST_UNKNOWN} THEN
    PERFORM ${internalSchema}.create_signatures(
      ARRAY(SELECT CASE WHEN p <> ALL (either) THEN p END FROM unnest(parameters) WITH ORDINALITY AS u(p, n) ORDER BY n));
  END IF;
  RETURN created;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.ensure_invoke_endpoint_call(constants boolean[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF coalesce(cardinality(constants), 0) NOT BETWEEN 2 AND 98 THEN
    RETURN false;
  END IF;
  RETURN ${internalSchema}.create_signatures(
    ARRAY(SELECT CASE WHEN c THEN 'bpchar' END FROM unnest(constants) WITH ORDINALITY AS u(c, n) ORDER BY n));
END $body$`,

  `CREATE FUNCTION ${internalSchema}.to_regproc(text) RETURNS regproc
LANGUAGE sql STABLE AS $body$
  SELECT CASE
    WHEN pg_catalog.regexp_replace(pg_catalog.lower($1), '\\s', '', 'g') OPERATOR(pg_catalog.=) ${spelledApart('aws_sagemaker.invoke_endpoint')}
      THEN pg_catalog.to_regprocedure(${spelledApart(principalInvokeEndpoint)})::pg_catalog.oid::pg_catalog.regproc
    ELSE pg_catalog.to_regproc($1)
  END
$body$`,
];

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
