import { internalSchema } from '../names.js';
import { installedInvokeEndpoints } from './ml-functions.js';

const overloads = `pg_catalog.pg_proc p
    WHERE p.pronamespace OPERATOR(pg_catalog.=) 'aws_sagemaker'::pg_catalog.regnamespace::pg_catalog.oid
      AND p.proname OPERATOR(pg_catalog.=) 'invoke_endpoint'`;

/**
 * Carries the functions invoke_endpoint of an earlier version of this package over. One that had a function for each
 * combination of types, and `varchar` for texts, has them removed: they would take calls by implicit casts. Their
 * privileges go to those that replace them. Functions for mixed calls get the body of this version.
 */
export const renewInvokeEndpointSql: readonly string[] = [
  `DO $body$
DECLARE
  earlier pg_catalog.regprocedure := pg_catalog.to_regprocedure('aws_sagemaker.invoke_endpoint(varchar,int4,varchar[])');
  signature pg_catalog.regprocedure;
  dependents pg_catalog.text;
BEGIN
  IF earlier IS NULL THEN RETURN; END IF;
  ${installedInvokeEndpoints.map((s) => `PERFORM ${internalSchema}.copy_grants(earlier, '${s}');`).join('\n  ')}
  FOR signature IN SELECT p.oid FROM ${overloads}
      AND p.oid OPERATOR(pg_catalog.<>) ALL (ARRAY[${installedInvokeEndpoints.map((s) => `'${s}'::pg_catalog.regprocedure::pg_catalog.oid`).join(', ')}])
  LOOP
    EXECUTE pg_catalog.format('DROP FUNCTION %s', signature);
  END LOOP;
EXCEPTION WHEN dependent_objects_still_exist THEN
  GET STACKED DIAGNOSTICS dependents = PG_EXCEPTION_DETAIL;
  RAISE EXCEPTION 'objects depend on a function invoke_endpoint of an earlier version of pg-aws-ml' USING
    ERRCODE = 'dependent_objects_still_exist', DETAIL = dependents,
    HINT = 'Drop them, run ALTER EXTENSION aws_ml UPDATE, and create them again. Or install anew: DROP EXTENSION aws_ml CASCADE; CREATE EXTENSION aws_ml.';
END $body$`,

  `SELECT ${internalSchema}.write_signature(ARRAY(
     SELECT pg_catalog.format_type(t.type, '-1') FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS t (type, n)
     WHERE t.n OPERATOR(pg_catalog.>) 2 ORDER BY t.n))
   FROM ${overloads} AND p.provariadic OPERATOR(pg_catalog.=) '0'`,
];
