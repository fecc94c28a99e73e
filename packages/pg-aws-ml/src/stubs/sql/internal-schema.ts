import { internalSchema } from '../names.js';

/** The internal schema and the record of what is installed: pg_extension lists only what lies on the server's disk. */
export const internalSchemaSql: readonly string[] = [
  // One that an earlier installation has left holds tables of a cache. Whoever owns another could replace our functions.
  `DO $body$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) '${internalSchema}'
      AND pg_catalog.pg_get_userbyid(n.nspowner) OPERATOR(pg_catalog.=) current_user
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) n.oid)) THEN
    CREATE SCHEMA ${internalSchema};
  END IF;
END $body$`,
  `GRANT USAGE ON SCHEMA ${internalSchema} TO PUBLIC`,
  `CREATE TABLE ${internalSchema}.extension (name text PRIMARY KEY, version text NOT NULL)`,
  `GRANT SELECT ON ${internalSchema}.extension TO PUBLIC`,
];
