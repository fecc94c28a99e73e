import { internalSchema } from '../names.js';
import { invokeEndpointBody, mlFunctionAttributes } from './ml-functions.js';
import { spelledApart } from './spelled-apart.js';

/** Signature of the one invoke_endpoint that is always there. */
export const principalInvokeEndpoint = 'aws_sagemaker.invoke_endpoint(varchar,int4,varchar[])';

/**
 * `ensure_invoke_endpoint(types)`: makes sure that a call with these model inputs finds a function, and returns whether
 * one had to be created. Anybody may call it, as anybody may write a call; it gives no right to make the call.
 *
 * A parameter of a user's type would keep the user from dropping that type. So domains become their base type, and
 * other types of users a polymorphic parameter. PostgreSQL has two families of those, each standing for one type.
 *
 * `to_regproc(name)`: pg_catalog's, but the function invoke_endpoint stays one to who asks by name alone.
 */
export const invokeEndpointOverloadsSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.endpoint_parameter(argument_type oid, INOUT families oid[], OUT parameter text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  t record;
  element oid;
  family text;
BEGIN
  LOOP
    SELECT p.oid, p.typtype, p.typcategory, p.typelem, p.typbasetype INTO t FROM pg_type p WHERE p.oid = argument_type;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'type with OID % does not exist', argument_type USING ERRCODE = '42704';
    END IF;
    EXIT WHEN t.typtype <> 'd';
    argument_type := t.typbasetype;
  END LOOP;
  IF t.oid = 'unknown'::regtype THEN
    parameter := 'text';
    RETURN;
  END IF;
  element := CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END;
  -- Those of initdb stay: nobody drops them.
  IF element < 16384 AND t.typtype <> 'p' THEN
    parameter := format_type(t.oid, NULL);
    RETURN;
  END IF;
  IF t.typtype = 'p' AND t.oid <> 'record'::regtype THEN
    RAISE EXCEPTION ${spelledApart('invoke_endpoint cannot take an argument of type %')}, format_type(t.oid, NULL) USING ERRCODE = '42804';
  END IF;
  IF array_position(families, element) IS NULL THEN
    families := families || element;
  END IF;
  family := (ARRAY['any', 'anycompatible'])[array_position(families, element)];
  IF family IS NULL THEN
    parameter := format_type(t.oid, NULL);
  ELSIF t.typcategory = 'A' THEN
    parameter := family || 'array';
  ELSE
    parameter := family || 'nonarray';
  END IF;
END $body$`,

  `CREATE FUNCTION ${internalSchema}.ensure_invoke_endpoint(argument_types oid[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  families oid[] := '{}';
  argument_type oid;
  parameter text;
  parameters text[] := '{}';
  field text;
  fields text := '''{}''::pg_catalog.text[]';
  signature text;
  grants record;
BEGIN
  IF coalesce(cardinality(argument_types), 0) NOT BETWEEN 1 AND 98 THEN
    RAISE EXCEPTION ${spelledApart('invoke_endpoint takes 1 to 98 model inputs')} USING ERRCODE = '54023';
  END IF;
  FOREACH argument_type IN ARRAY argument_types LOOP
    SELECT p.families, p.parameter INTO families, parameter
      FROM ${internalSchema}.endpoint_parameter(argument_type, families) AS p;
    parameters := parameters || parameter;
    field := CASE WHEN parameter LIKE '%[]' OR parameter IN ('anyarray', 'anycompatiblearray')
                  THEN 'csv_fields' ELSE 'csv_field' END;
    fields := format('pg_catalog.array_cat(%s, ${internalSchema}.%s($%s))', fields, field, cardinality(parameters) + 2);
  END LOOP;
  signature := format(${spelledApart('aws_sagemaker.invoke_endpoint(varchar,int4,%s)')}, array_to_string(parameters, ','));
  PERFORM pg_advisory_xact_lock(hashtext('${internalSchema}'), hashtext(signature));
  IF to_regprocedure(signature) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- The principal function takes texts, unless an overload for as many inputs of other types draws the call to itself.
  IF parameters <@ ARRAY['text', 'character varying'] AND NOT EXISTS (
    SELECT FROM pg_proc p
    WHERE p.pronamespace = 'aws_sagemaker'::regnamespace AND p.proname = ${spelledApart('invoke_endpoint')}
      AND p.provariadic = 0 AND p.pronargs = cardinality(parameters) + 2
  ) THEN
    RETURN false;
  END IF;
  EXECUTE format(${spelledApart('CREATE FUNCTION aws_sagemaker.invoke_endpoint(')}
    'IN endpoint_name varchar, IN max_rows_per_batch int4, %s, OUT model_output varchar) ${mlFunctionAttributes} AS %L',
    'IN ' || array_to_string(parameters, ', IN '),
    replace(${literal(invokeEndpointBody('@fields@'))}, '@fields@', fields));
  EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
  FOR grants IN
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
           CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS grant_option
    FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.oid = ${spelledApart(principalInvokeEndpoint)}::regprocedure AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s%s', signature, grants.grantee, grants.grant_option);
  END LOOP;
  RETURN true;
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
