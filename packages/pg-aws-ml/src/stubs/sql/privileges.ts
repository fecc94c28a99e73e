import { internalSchema } from '../names.js';

/** What the Pool calls as whatever role the application runs. The rest of the schema is its owner's alone. */
const publicFunctions = [
  'begin_describe',
  'begin_replay',
  'store_results',
  'open_results',
  'result_key',
  'end_replay',
  'begin_live',
  'answer_live',
  'end_live',
  'forget_live',
  'forget_ended_live',
  'watch_client',
  'unwatch_client',
  'ensure_invoke_endpoint',
  'ensure_invoke_endpoint_call',
  'to_regproc',
  'exact_text',
  'session_facts',
  'model_endpoint',
  'listed',
  'model_probabilities',
  'model_number',
  'converse_request',
  'converse_text',
  'json_text',
  'text_json',
  'find_model',
  // Casts run as whoever makes the call.
  'to_argument',
  'array_to_argument',
  'csv_fields',
];

export const internalPrivilegesSql: readonly string[] = [
  // Those that come with a range type are the server's.
  `DO $body$
DECLARE
  signature pg_catalog.regprocedure;
BEGIN
  FOR signature IN SELECT p.oid FROM pg_catalog.pg_proc p
    WHERE p.pronamespace OPERATOR(pg_catalog.=) '${internalSchema}'::pg_catalog.regnamespace::pg_catalog.oid
      AND p.prolang OPERATOR(pg_catalog.<>) (SELECT l.oid FROM pg_catalog.pg_language l WHERE l.lanname OPERATOR(pg_catalog.=) 'internal')
  LOOP
    EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $body$`,
  `GRANT EXECUTE ON FUNCTION ${publicFunctions.map((name) => `${internalSchema}.${name}`).join(', ')} TO PUBLIC`,
];
