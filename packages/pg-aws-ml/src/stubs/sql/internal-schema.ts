import { internalSchema } from '../names.js';

/** The internal schema and the record of what is installed: pg_extension lists only what lies on the server's disk. */
export const internalSchemaSql: readonly string[] = [
  `CREATE SCHEMA ${internalSchema}`,
  `GRANT USAGE ON SCHEMA ${internalSchema} TO PUBLIC`,
  `CREATE TABLE ${internalSchema}.extension (name text PRIMARY KEY, version text NOT NULL)`,
  `GRANT SELECT ON ${internalSchema}.extension TO PUBLIC`,
];

export const dropInternalSchemaSql = `DROP SCHEMA ${internalSchema} CASCADE`;
