import { hash } from 'node:crypto';
import { internalSchema, replayProof, waitingTable } from '../stubs/names.js';
import { csvFieldsSql } from '../stubs/sql/csv-fields.js';
import { describeSql } from '../stubs/sql/describe.js';
import { castFunctions, endpointArgumentSql } from '../stubs/sql/endpoint-argument.js';
import { evaluateSql } from '../stubs/sql/evaluate.js';
import { exactTextSql } from '../stubs/sql/exact-text.js';
import { invokeEndpointSignaturesSql } from '../stubs/sql/invoke-endpoint-signatures.js';
import { liveSql } from '../stubs/sql/live.js';
import { mlFunctionsSql } from '../stubs/sql/ml-functions.js';
import { modelsSql } from '../stubs/sql/models.js';
import { internalPrivilegesSql } from '../stubs/sql/privileges.js';
import { replaySql } from '../stubs/sql/replay.js';
import { resultKeySql } from '../stubs/sql/result-key.js';
import { waitingSql } from '../stubs/sql/waiting.js';
import { watchClientSql } from '../stubs/sql/watch-client.js';
import { sessionFactsFunctionSql } from './session-facts.js';

/** What the ML functions need, and the Pool calls. */
const internalsSql: readonly string[] = [
  ...resultKeySql,
  ...watchClientSql,
  ...replaySql,
  ...describeSql,
  ...evaluateSql,
  ...liveSql,
  ...waitingSql,
  ...csvFieldsSql,
  ...endpointArgumentSql,
  ...exactTextSql,
  ...sessionFactsFunctionSql,
  ...invokeEndpointSignaturesSql,
  ...modelsSql,
  ...internalPrivilegesSql,
];

/**
 * Stands for the functions that this version of the package talks to: Aurora's version of the extension says nothing about
 * them. A database keeps the revision that it has in the comment of the internal schema.
 */
export const internalsRevision: string = hash('md5', [...internalsSql, ...mlFunctionsSql('2.0')].join('\n'), 'hex');

/** Creates the internals, and says which they are. */
export const createInternalsSql: readonly string[] = [
  ...internalsSql,
  `COMMENT ON SCHEMA ${internalSchema} IS '${internalsRevision}'`,
];

/**
 * Removes them, but for what outlives an update: tables of the cache, the installation's secret, what is installed, and the
 * type of model inputs, which views hold (`dropEndpointArgumentSql`).
 */
export const dropInternalsSql: readonly string[] = [
  `DO $body$
DECLARE
  f pg_catalog.oid;
BEGIN
  FOR f IN SELECT p.oid FROM pg_catalog.pg_proc p
    WHERE p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.to_regnamespace('${internalSchema}')::pg_catalog.oid
      AND p.proname OPERATOR(pg_catalog.<>) ALL (ARRAY[${castFunctions.map((name) => `'${name}'`).join(', ')}]::pg_catalog.name[])
      -- Those of a range go with its type.
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype OPERATOR(pg_catalog.=) 'i'
        AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
        AND d.objid OPERATOR(pg_catalog.=) p.oid)
  LOOP
    EXECUTE pg_catalog.format('DROP FUNCTION %s', f::pg_catalog.regprocedure);
  END LOOP;
END $body$`,
  `DROP TABLE ${internalSchema}.live_result`,
  `DROP SEQUENCE ${internalSchema}.live_number`,
  `DROP SEQUENCE IF EXISTS ${replayProof}`,
  `DROP TABLE IF EXISTS ${waitingTable}`,
];
