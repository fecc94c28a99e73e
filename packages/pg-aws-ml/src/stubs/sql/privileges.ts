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
  'ensure_invoke_endpoint',
  'to_regproc',
  'exact_text',
  'session_facts',
];

export const internalPrivilegesSql: readonly string[] = [
  `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${internalSchema} FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION ${publicFunctions.map((name) => `${internalSchema}.${name}`).join(', ')} TO PUBLIC`,
];
