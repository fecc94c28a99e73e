import { hash } from 'node:crypto';
import { transferCode, transferModes, transferSchema, transferTable } from '../transfer-names.js';

/**
 * What the functions of aws_s3 need. The Pool runs a statement that calls them under a savepoint: a call reports what is
 * to be transferred and ends the run, which is undone. Then the Pool transfers, on the same connection, stores the outcome,
 * and runs the statement again, where the call finds it.
 *
 * A report is INFO with a JSON payload, and in DETAIL a digest that takes the nonce, which lies where only the owner reads.
 * Secrets in it are sealed by the nonce: a server may be set to log it.
 */
const internalsSql: readonly string[] = [
  // A table of that name that belongs to somebody else is refused: its rules or triggers would run as the owner.
  `CREATE OR REPLACE FUNCTION ${transferSchema}.has_table() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  owner name;
  kind "char";
BEGIN
  SELECT pg_get_userbyid(c.relowner), c.relkind INTO owner, kind FROM pg_class c WHERE c.oid = to_regclass('${transferTable}');
  IF NOT FOUND THEN RETURN false; END IF;
  IF owner <> current_user OR kind <> 'r' THEN
    RAISE EXCEPTION 'the name ${transferTable} is taken by another role'
      USING ERRCODE = '42501', HINT = 'Drop or rename it: pg-aws-ml needs this name within a transaction.';
  END IF;
  RETURN true;
END $body$`,

  `CREATE OR REPLACE FUNCTION ${transferSchema}.knows(nonce text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  -- Two statements: the second is planned only where the table is there.
  IF NOT ${transferSchema}.has_table() THEN RETURN false; END IF;
  RETURN EXISTS (SELECT FROM ${transferTable} t WHERE t.number = 0 AND t.nonce = knows.nonce);
END $body$`,

  `CREATE OR REPLACE FUNCTION ${transferSchema}.begin(nonce text, mode text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${transferSchema}.knows(nonce) THEN
    UPDATE ${transferTable} t SET mode = "begin".mode WHERE t.number = 0;
  ELSIF ${transferSchema}.has_table() THEN
    RAISE EXCEPTION 'another statement transfers in this transaction' USING ERRCODE = '42501';
  ELSE
    CREATE TEMP TABLE ${transferTable.slice('pg_temp.'.length)} (
      number int PRIMARY KEY, taken boolean NOT NULL, nonce text, mode text,
      key bytea, answer text[], code text, message text, detail text, hint text
    ) ON COMMIT DROP;
    INSERT INTO ${transferTable} (number, taken, nonce, mode) VALUES (0, true, nonce, mode);
  END IF;
END $body$`,

  `CREATE OR REPLACE FUNCTION ${transferSchema}.store(
  nonce text, number int, key bytea, answer text[], code text, message text, detail text, hint text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF NOT ${transferSchema}.knows(nonce) OR number < 1 THEN
    RAISE EXCEPTION 'no transfers with this nonce' USING ERRCODE = '42501';
  END IF;
  INSERT INTO ${transferTable} VALUES (number, false, NULL, NULL, key, answer, code, message, detail, hint);
END $body$`,

  `CREATE OR REPLACE FUNCTION ${transferSchema}.untaken(nonce text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF NOT ${transferSchema}.knows(nonce) THEN RETURN 0; END IF;
  -- What an EXCEPTION block has undone, but for failures; an object in S3 stays natively, too.
  RETURN (SELECT count(*) FROM ${transferTable} t WHERE NOT t.taken AND t.code IS NULL AND cardinality(t.answer) = 1);
END $body$`,

  `CREATE OR REPLACE FUNCTION ${transferSchema}."end"(nonce text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF ${transferSchema}.knows(nonce) THEN DROP TABLE ${transferTable}; END IF;
END $body$`,

  // By relation: its OID, how often it was scanned in this transaction, and how many rows were written. Scans of the
  // catalog are nothing that a transfer could change the outcome of.
  `CREATE OR REPLACE FUNCTION ${transferSchema}.activity() RETURNS json
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  SELECT coalesce(json_agg(json_build_array(a.relid::bigint, a.scans, a.writes)), '[]') FROM (
    SELECT s.relid, CASE WHEN s.schemaname = 'pg_catalog' THEN 0 ELSE s.seq_scan + coalesce(s.idx_scan, 0) END AS scans,
      s.n_tup_ins + s.n_tup_upd + s.n_tup_del AS writes
    FROM pg_stat_xact_all_tables s WHERE s.relid IS DISTINCT FROM to_regclass('${transferTable}')
      AND (s.seq_scan > 0 OR s.idx_scan > 0 OR s.n_tup_ins > 0 OR s.n_tup_upd > 0 OR s.n_tup_del > 0)
  ) a WHERE a.scans > 0 OR a.writes > 0
$body$`,

  // XOR with SHA-256 of the nonce, a salt and a count.
  `CREATE OR REPLACE FUNCTION ${transferSchema}.sealed(secret text, nonce text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  salt text := gen_random_uuid()::text;
  bytes bytea := convert_to(secret, 'UTF8');
  pad bytea;
BEGIN
  IF secret IS NULL THEN RETURN NULL; END IF;
  FOR i IN 0 .. length(bytes) - 1 LOOP
    IF i % 32 = 0 THEN pad := sha256(convert_to(concat(nonce, salt, i / 32), 'UTF8')); END IF;
    bytes := set_byte(bytes, i, get_byte(bytes, i) # get_byte(pad, i % 32));
  END LOOP;
  RETURN concat(salt, ':', encode(bytes, 'hex'));
END $body$`,

  // Whoever calls says who it is and in which search_path: this runs as the owner, in its own.
  `CREATE OR REPLACE FUNCTION ${transferSchema}.transfer(
  function_name text, arguments text[], secrets text[], caller text, path text
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  wanted bytea;
  run record;
  known record;
  payload text;
BEGIN
  IF NOT ${transferSchema}.has_table() THEN
    RAISE EXCEPTION '% needs a connection of pg-aws-ml', function_name USING ERRCODE = '0A000',
      HINT = 'Call it through the Pool of the npm package pg-aws-ml or its proxy, in SELECT, INSERT, CREATE TABLE AS, CALL or DO, or in a function that these call: views, triggers and EXPLAIN ANALYZE cannot.';
  END IF;
  SELECT t.nonce, t.mode INTO run FROM ${transferTable} t WHERE t.number = 0;
  IF run.mode = '${transferModes.busy}' THEN
    RAISE EXCEPTION 'a transfer cannot be made within another' USING ERRCODE = '0A000';
  END IF;
  wanted := sha256(convert_to(concat(function_name, array_to_json(arguments || secrets)), 'UTF8'));
  SELECT * INTO known FROM ${transferTable} t WHERE t.key = wanted AND NOT t.taken ORDER BY t.number LIMIT 1;
  IF NOT FOUND AND run.mode = '${transferModes.single}' THEN
    -- The only call: its arguments may be others in each run, such as a name that is made of a random value.
    SELECT * INTO known FROM ${transferTable} t WHERE NOT t.taken;
  END IF;
  IF FOUND THEN
    UPDATE ${transferTable} t SET taken = true WHERE t.number = known.number;
    IF known.code IS NOT NULL THEN
      IF known.detail IS NULL AND known.hint IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = known.code, MESSAGE = known.message;
      ELSIF known.hint IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = known.code, MESSAGE = known.message, DETAIL = known.detail;
      ELSIF known.detail IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = known.code, MESSAGE = known.message, HINT = known.hint;
      END IF;
      RAISE EXCEPTION USING ERRCODE = known.code, MESSAGE = known.message, DETAIL = known.detail, HINT = known.hint;
    END IF;
    RETURN known.answer;
  END IF;
  payload := json_build_object('function', function_name, 'arguments', arguments, 'secrets', (
      SELECT array_agg(${transferSchema}.sealed(s.secret, run.nonce) ORDER BY s.n) FROM unnest(secrets) WITH ORDINALITY AS s (secret, n)
    ), 'key', encode(wanted, 'hex'), 'caller', caller, 'searchPath', path, 'untaken', EXISTS (SELECT FROM ${transferTable} t WHERE NOT t.taken AND t.code IS NULL),
    'activity', ${transferSchema}.activity())::text;
  RAISE INFO USING ERRCODE = '${transferCode}', MESSAGE = payload,
    DETAIL = encode(sha256(convert_to(concat(run.nonce, payload, run.nonce), 'UTF8')), 'hex');
  -- What is due comes first; no EXCEPTION block catches this by OTHERS.
  IF run.mode <> '${transferModes.collect}' THEN RAISE EXCEPTION 'a transfer is due' USING ERRCODE = 'query_canceled'; END IF;
  RETURN NULL;
END $body$`,

  `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${transferSchema} FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION ${['begin', 'store', 'untaken', 'end', 'activity', 'transfer'].map((name) => `${transferSchema}."${name}"`).join(', ')} TO PUBLIC`,
];

const call = (name: string, args: readonly string[], secrets: readonly string[] = []): string =>
  `${transferSchema}.transfer('aws_s3.${name}', ARRAY[${args.join(', ')}]::pg_catalog.text[], ARRAY[${secrets.join(', ')}]::pg_catalog.text[],
    current_user::pg_catalog.text, pg_catalog.current_setting('search_path'))`;

const exportSql = (parameters: string, args: readonly string[]): string =>
  `CREATE OR REPLACE FUNCTION aws_s3.query_export_to_s3(${parameters},
  OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint
) LANGUAGE plpgsql VOLATILE AS $body$
DECLARE
  answer pg_catalog.text[] := ${call('query_export_to_s3', args)};
BEGIN
  rows_uploaded := answer[1]::pg_catalog.int8;
  files_uploaded := answer[2]::pg_catalog.int8;
  bytes_uploaded := answer[3]::pg_catalog.int8;
END $body$`;

const importSql = (parameters: string, args: readonly string[], secrets: readonly string[]): string =>
  `CREATE OR REPLACE FUNCTION aws_s3.table_import_from_s3(${parameters}) RETURNS text
LANGUAGE plpgsql VOLATILE AS $body$
BEGIN
  RETURN (${call('table_import_from_s3', args, secrets)})[1];
END $body$`;

const uri = ['(s3_info).bucket', '(s3_info).file_path', '(s3_info).region'];
const keys = ['(credentials).access_key', '(credentials).secret_key', '(credentials).session_token'];

/** The functions of aws_s3, with PostgreSQL's defaults. They run as who calls them: so the report can tell. */
const functionsSql: readonly string[] = [
  exportSql('query text, s3_info aws_commons._s3_uri_1, options text DEFAULT NULL, kms_key text DEFAULT NULL', [
    'query',
    ...uri,
    'options',
    'kms_key',
  ]),
  exportSql(
    'query text, bucket text, file_path text, region text DEFAULT NULL, options text DEFAULT NULL, kms_key text DEFAULT NULL',
    ['query', 'bucket', 'file_path', 'region', 'options', 'kms_key'],
  ),
  importSql(
    'table_name text, column_list text, options text, s3_info aws_commons._s3_uri_1, credentials aws_commons._aws_credentials_1 DEFAULT NULL',
    ['table_name', 'column_list', 'options', ...uri],
    keys,
  ),
  importSql(
    'table_name text, column_list text, options text, bucket text, file_path text, region text DEFAULT NULL, access_key text DEFAULT NULL, secret_key text DEFAULT NULL, session_token text DEFAULT NULL',
    ['table_name', 'column_list', 'options', 'bucket', 'file_path', 'region'],
    ['access_key', 'secret_key', 'session_token'],
  ),
];

/** Stands for the functions that this version of the package talks to; kept in the comment of the internal schema. */
export const transfersRevision: string = hash('md5', [...internalsSql, ...functionsSql].join('\n'), 'hex');

/** Makes the functions, or those of this version of those of another. */
export const renewTransfersSql: readonly string[] = [
  ...internalsSql,
  ...functionsSql,
  `COMMENT ON SCHEMA ${transferSchema} IS '${transfersRevision}'`,
];

export const createTransfersSql: readonly string[] = [
  `CREATE SCHEMA ${transferSchema}`,
  `GRANT USAGE ON SCHEMA ${transferSchema} TO PUBLIC`,
  'CREATE SCHEMA aws_s3',
  ...renewTransfersSql,
  // As with Aurora: USAGE of the schema and EXECUTE are to be granted.
  'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_s3 FROM PUBLIC',
];

/** What aws_commons holds for aws_s3. Databases that had aws_commons before have none of it. */
export const commonsTypesSql: readonly string[] = [
  `DO $body$
BEGIN
  IF pg_catalog.to_regtype('aws_commons._s3_uri_1') IS NULL THEN
    CREATE TYPE aws_commons._s3_uri_1 AS (bucket text, file_path text, region text);
  END IF;
  IF pg_catalog.to_regtype('aws_commons._aws_credentials_1') IS NULL THEN
    CREATE TYPE aws_commons._aws_credentials_1 AS (access_key text, secret_key text, session_token text);
  END IF;
END $body$`,
  `CREATE OR REPLACE FUNCTION aws_commons.create_s3_uri(bucket text, file_path text, region text DEFAULT NULL)
RETURNS aws_commons._s3_uri_1 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $body$ SELECT ROW(bucket, file_path, region)::aws_commons._s3_uri_1 $body$`,
  `CREATE OR REPLACE FUNCTION aws_commons.create_aws_credentials(access_key text, secret_key text, session_token text DEFAULT NULL)
RETURNS aws_commons._aws_credentials_1 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $body$ SELECT ROW(access_key, secret_key, session_token)::aws_commons._aws_credentials_1 $body$`,
];

export const dropCommonsTypesSql = (behaviour: string): readonly string[] => [
  `DROP FUNCTION IF EXISTS aws_commons.create_s3_uri(text, text, text) ${behaviour}`,
  `DROP FUNCTION IF EXISTS aws_commons.create_aws_credentials(text, text, text) ${behaviour}`,
  `DROP TYPE IF EXISTS aws_commons._s3_uri_1, aws_commons._aws_credentials_1 ${behaviour}`,
];
