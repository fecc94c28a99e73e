import { internalSchema } from '../names.js';

/** SQL for the key of a call, from a text and a text[]. One expression of built-in functions: it runs for every call. */
export const resultKeyOf = (functionName: string, callArguments: string): string =>
  `pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat(${functionName}, pg_catalog.array_to_json(${callArguments})), 'UTF8'))`;

/** `result_key(function, arguments)`: see `resultKey`. STABLE as what it calls, so that the planner inlines it. */
export const resultKeySql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.result_key(function_name text, arguments text[]) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $body$ SELECT ${resultKeyOf('$1', '$2')} $body$`,
];
