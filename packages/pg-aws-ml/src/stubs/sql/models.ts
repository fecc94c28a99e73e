import { internalSchema } from '../names.js';

/** The schema of what models have beside their functions: views, EXPLAIN_MODEL, the privilege to create models. */
export const modelSchema = 'aws_ml';

/** SQLSTATE object_not_in_prerequisite_state, and the beginning of the hint by which a model that isn't ready is told. */
export const modelNotReadyCode = '55000';
export const modelNotReadyHint = 'SHOW MODEL tells how far it is.';

/** States of a model, in order; `dropping` is one that is gone for everybody but what is left of it in AWS. */
export const modelStates = ['exporting', 'exported', 'training', 'deploying', 'ready', 'failed', 'dropping'] as const;

export type ModelState = (typeof modelStates)[number];

const stateList = modelStates.map((state) => `'${state}'`).join(', ');

/**
 * The table of models. AWS names are made of `installation` and `id`, so nobody can make a row stand for another's
 * resources. A row is its owner's (row-level security): who may use the model sees `model_shown`.
 *
 * What is here outlives an update of the extension.
 */
const tableSql: readonly string[] = [
  `CREATE TABLE ${internalSchema}.model_installation (id text NOT NULL CHECK (id ~ '^[0-9a-f]{8}$'))`,
  `GRANT SELECT ON ${internalSchema}.model_installation TO PUBLIC`,
  `INSERT INTO ${internalSchema}.model_installation
   SELECT pg_catalog.substr(pg_catalog.md5(pg_catalog.gen_random_uuid()::pg_catalog.text), 1, 8)`,
  `CREATE TABLE ${internalSchema}.model (
  id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{12}$'),
  schema_name name NOT NULL,
  model_name name NOT NULL,
  owner name NOT NULL DEFAULT current_user,
  signature text NOT NULL,
  spec jsonb NOT NULL,
  state text NOT NULL CHECK (state IN (${stateList})),
  stage text NOT NULL DEFAULT '',
  progress jsonb NOT NULL DEFAULT '{}',
  explanation jsonb,
  error text,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  changed_at timestamptz NOT NULL DEFAULT pg_catalog.now()
)`,
  `CREATE UNIQUE INDEX model_name ON ${internalSchema}.model (schema_name, model_name) WHERE state <> 'dropping'`,
  `ALTER TABLE ${internalSchema}.model ENABLE ROW LEVEL SECURITY`,
  // What a model is stays as it was made; its owner's sessions write down how far it is.
  `GRANT SELECT, INSERT, DELETE, UPDATE (state, stage, progress, explanation, error, changed_at) ON ${internalSchema}.model TO PUBLIC`,
];

const ofOwner = `owner IN (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE'))`;

const policiesSql: readonly string[] = [
  `CREATE POLICY seen ON ${internalSchema}.model FOR SELECT USING (${ofOwner})`,
  `CREATE POLICY made ON ${internalSchema}.model FOR INSERT WITH CHECK (
     owner = current_user AND pg_catalog.has_function_privilege('${modelSchema}.create_model()', 'EXECUTE')
     AND pg_catalog.has_schema_privilege(schema_name::pg_catalog.text, 'CREATE'))`,
  `CREATE POLICY changed ON ${internalSchema}.model FOR UPDATE USING (${ofOwner})`,
  `CREATE POLICY dropped ON ${internalSchema}.model FOR DELETE USING (${ofOwner})`,
];

/** GRANT CREATE MODEL grants EXECUTE on this function: privileges, their options and their end are PostgreSQL's own. */
const privilegeSql: readonly string[] = [
  `CREATE SCHEMA ${modelSchema}`,
  `GRANT USAGE ON SCHEMA ${modelSchema} TO PUBLIC`,
  `CREATE FUNCTION ${modelSchema}.create_model() RETURNS void LANGUAGE sql AS ''`,
  `REVOKE EXECUTE ON FUNCTION ${modelSchema}.create_model() FROM PUBLIC`,
];

/** Runs statements unless what they make is there already. */
const unlessThere = (found: string, statements: readonly string[]): string => `DO $body$
BEGIN
  IF ${found} IS NULL THEN
${statements.map((sql) => `    EXECUTE $sql$${sql}$sql$;`).join('\n')}
  END IF;
END $body$`;

/** What an endpoint answers for one row, where it answers with several fields. */
const typesSql: readonly string[] = [
  `CREATE TYPE ${internalSchema}.prediction AS (predicted_label text, probability text, probabilities text, labels text)`,
];

/** Of what a model is, its owner's alone. */
const hidden = ['bucket', 'kmsKeyId', 'query', 'source', 'search', 'tags', 'labels'];

/** Of models that the role may use or owns. Runs with its owner's rights. */
const viewsSql: readonly string[] = [
  `CREATE OR REPLACE VIEW ${internalSchema}.model_shown AS
SELECT m.id, m.schema_name, m.model_name, m.owner, m.signature, m.state, m.stage, m.progress - 'container' - 'explanation' AS progress, m.explanation, m.error,
  m.created_at, m.changed_at,
  m.spec - 'roleArn' ${hidden.map((key) => `#- '{training,${key}}'`).join(' ')} AS spec,
  m.owner IN (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE')) AS owned
FROM ${internalSchema}.model m
WHERE m.state <> 'dropping' AND (
  m.owner IN (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE'))
  OR coalesce(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure(m.signature)::pg_catalog.oid, 'EXECUTE'), false))`,
  `GRANT SELECT ON ${internalSchema}.model_shown TO PUBLIC`,

  `CREATE OR REPLACE VIEW ${modelSchema}.stv_ml_model_info AS
SELECT schema_name::pg_catalog.varchar(128) AS schema_name, owner::pg_catalog.varchar(128) AS user_name,
  model_name::pg_catalog.varchar(128) AS model_name, 'Production'::pg_catalog.varchar(20) AS life_cycle, 1 AS is_refreshable,
  CASE state WHEN 'ready' THEN 'Model is Ready' WHEN 'failed' THEN 'Train Model On SageMaker Failed'
    WHEN 'deploying' THEN 'Deploy Model On SageMaker In Progress'
    WHEN 'exporting' THEN 'Export Of Training Data In Progress'
    ELSE 'Train Model On SageMaker In Progress' END::pg_catalog.varchar(128) AS model_state
FROM ${internalSchema}.model_shown`,
  `CREATE OR REPLACE VIEW ${modelSchema}.svv_ml_model_info AS
SELECT pg_catalog.current_database()::pg_catalog.varchar(128) AS database_name, i.* FROM ${modelSchema}.stv_ml_model_info i`,
  `CREATE OR REPLACE VIEW ${modelSchema}.svv_ml_model_privileges AS
SELECT m.schema_name::pg_catalog.varchar(128) AS namespace_name, m.model_name::pg_catalog.varchar(128) AS model_name, 1 AS model_version,
  a.privilege_type::pg_catalog.varchar(128) AS privilege_type,
  CASE a.grantee WHEN 0 THEN 'public' ELSE r.rolname END::pg_catalog.varchar(128) AS identity_name,
  CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END::pg_catalog.varchar(128) AS identity_type,
  a.is_grantable AS admin_option
FROM ${internalSchema}.model_shown m
JOIN pg_catalog.pg_proc p ON p.oid = pg_catalog.to_regprocedure(m.signature)::pg_catalog.oid,
LATERAL pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee`,
  `GRANT SELECT ON ${modelSchema}.stv_ml_model_info, ${modelSchema}.svv_ml_model_info, ${modelSchema}.svv_ml_model_privileges TO PUBLIC`,
];

const functionsSql: readonly string[] = [
  // In the functions of models: the endpoint, once there is one.
  `CREATE FUNCTION ${internalSchema}.model_endpoint(model_id text) RETURNS varchar
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1 SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  m record;
BEGIN
  SELECT model_name, state, stage, error, created_at, (SELECT i.id FROM ${internalSchema}.model_installation i) AS installation
    INTO m FROM ${internalSchema}.model WHERE id = model_id;
  IF m.state = 'ready' THEN
    RETURN concat('pgml-', m.installation, '-', model_id);
  ELSIF m.state IS NULL OR m.state = 'dropping' THEN
    RAISE EXCEPTION 'the model of this function is dropped' USING ERRCODE = '55000';
  ELSIF m.state = 'failed' THEN
    RAISE EXCEPTION 'model "%" has failed', m.model_name
      USING ERRCODE = '${modelNotReadyCode}', DETAIL = coalesce(m.error, ''), HINT = 'Drop it with DROP MODEL, and create it again.';
  END IF;
  RAISE EXCEPTION 'model "%" is still %', m.model_name, concat(
      CASE m.state WHEN 'deploying' THEN 'being deployed' WHEN 'training' THEN 'training' ELSE 'sending its data' END,
      ' (', CASE m.stage WHEN '' THEN '' ELSE m.stage || ', ' END,
      CASE WHEN now() - m.created_at < interval '2 minutes' THEN ceil(extract(epoch FROM now() - m.created_at)) || ' s)'
        ELSE floor(extract(epoch FROM now() - m.created_at) / 60) || ' min)' END)
    USING ERRCODE = '${modelNotReadyCode}', HINT = '${modelNotReadyHint}';
END $body$`,

  // A list in a cell of CSV: JSON, or as Python writes it.
  `CREATE FUNCTION ${internalSchema}.listed(cell text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  elements text[] := '{}';
  c text;
  quoted text;
  element text := '';
  i int := 2;
BEGIN
  IF cell !~ '''' THEN
    RETURN cell::jsonb;
  END IF;
  WHILE i < length(cell) LOOP
    c := substr(cell, i, 1);
    IF quoted IS NULL THEN
      IF c IN ('''', '"') THEN
        quoted := c;
        element := '';
      ELSIF c = ',' THEN
        elements := elements || element;
        element := '';
      ELSIF c <> ' ' THEN
        element := element || c;
      END IF;
    ELSIF c = '\\' THEN
      i := i + 1;
      c := substr(cell, i, 1);
      element := element || CASE c WHEN 'n' THEN chr(10) WHEN 't' THEN chr(9) WHEN 'r' THEN chr(13) ELSE c END;
    ELSIF c = quoted THEN
      quoted := NULL;
    ELSE
      element := element || c;
    END IF;
    i := i + 1;
  END LOOP;
  RETURN to_jsonb(elements || element);
END $body$`,

  // Of a classification: as SUPER has it, the most probable label first.
  `CREATE FUNCTION ${internalSchema}.model_probabilities(answer text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
  SELECT jsonb_build_object(
    'probabilities', coalesce(jsonb_agg(p.probability ORDER BY p.probability::float8 DESC, p.n), '[]'),
    'labels', coalesce(jsonb_agg(l.label ORDER BY p.probability::float8 DESC, p.n), '[]'))
  FROM (SELECT (answer::${internalSchema}.prediction).*) a,
    jsonb_array_elements(${internalSchema}.listed(a.probabilities)) WITH ORDINALITY AS p (probability, n)
    JOIN jsonb_array_elements(${internalSchema}.listed(a.labels)) WITH ORDINALITY AS l (label, n) USING (n)
$body$`,

  // What a built-in algorithm answers, as a number: of several probabilities, the number of the greatest.
  `CREATE FUNCTION ${internalSchema}.model_number(answer text, field text) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  value jsonb;
BEGIN
  IF answer !~ '^[[({]' THEN
    RETURN answer::float8;
  END IF;
  IF answer ~ '^[(]' THEN
    answer := '[' || substr(answer, 2, length(answer) - 2) || ']';
  END IF;
  value := answer::jsonb;
  -- In CSV the label stands behind the scores.
  IF field = 'predicted_label' AND jsonb_typeof(value) = 'array' THEN
    RETURN (value -> -1)::float8;
  END IF;
  IF jsonb_typeof(value) = 'object' THEN
    value := value -> field;
  END IF;
  IF jsonb_typeof(value) = 'array' THEN
    RETURN (SELECT e.n - 1 FROM jsonb_array_elements(value) WITH ORDINALITY AS e (v, n) ORDER BY e.v::float8 DESC, e.n LIMIT 1);
  END IF;
  RETURN value::float8;
END $body$`,

  // Of Bedrock's Converse: what is asked, and the text of the answer.
  `CREATE FUNCTION ${internalSchema}.converse_request(input text, prompt text, suffix text, config jsonb, fields jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
  SELECT CASE WHEN input IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
    'messages', jsonb_build_array(jsonb_build_object('role', 'user', 'content',
      jsonb_build_array(jsonb_build_object('text', concat_ws(' ', prompt, input, suffix))))),
    'inferenceConfig', config, 'additionalModelRequestFields', fields))::text END
$body$`,

  `CREATE FUNCTION ${internalSchema}.converse_text(answer text) RETURNS varchar
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
  SELECT string_agg(c.part ->> 'text', '' ORDER BY c.n)
  FROM jsonb_array_elements(answer::jsonb -> 'output' -> 'message' -> 'content') WITH ORDINALITY AS c (part, n)
$body$`,

  `CREATE FUNCTION ${internalSchema}.json_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$ SELECT value::text $body$`,
  `CREATE FUNCTION ${internalSchema}.text_json(value text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$ SELECT value::jsonb $body$`,

  // By name, as a statement writes it.
  `CREATE FUNCTION ${internalSchema}.find_model(written text) RETURNS text
LANGUAGE plpgsql STABLE AS $body$
DECLARE
  names pg_catalog.text[] := pg_catalog.parse_ident(written);
  found pg_catalog.text;
BEGIN
  SELECT m.id INTO found FROM ${internalSchema}.model_shown m
  WHERE CASE pg_catalog.cardinality(names)
    WHEN 1 THEN m.model_name OPERATOR(pg_catalog.=) names[1] AND m.schema_name OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
    ELSE m.schema_name OPERATOR(pg_catalog.=) names[1] AND m.model_name OPERATOR(pg_catalog.=) names[2] END
  ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), m.schema_name) LIMIT 1;
  IF found IS NULL THEN
    RAISE EXCEPTION 'model "%" does not exist', pg_catalog.array_to_string(names, '.')
      USING ERRCODE = '42704', HINT = 'SHOW MODEL ALL lists those that you may use.';
  END IF;
  RETURN found;
END $body$`,

  `CREATE OR REPLACE FUNCTION ${modelSchema}.explain_model(model text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $body$
DECLARE
  m pg_catalog.record;
BEGIN
  SELECT s.model_name, s.state, s.stage, s.explanation, s.spec INTO m FROM ${internalSchema}.model_shown s
  WHERE s.id OPERATOR(pg_catalog.=) ${internalSchema}.find_model(model);
  IF (m.spec OPERATOR(pg_catalog.->>) 'kind') OPERATOR(pg_catalog.<>) ALL (ARRAY['auto', 'xgboost', 'mlp']) THEN
    RAISE EXCEPTION 'model "%" has no explanation', m.model_name
      USING ERRCODE = '0A000', HINT = 'Models of AUTO ON and XGBOOST are explained.';
  END IF;
  IF m.explanation IS NOT NULL THEN
    RETURN m.explanation;
  END IF;
  RETURN pg_catalog.jsonb_build_object('explanations', CASE
    WHEN m.state OPERATOR(pg_catalog.=) ANY (ARRAY['ready', 'failed']) THEN 'Processing job failed'
    WHEN m.stage OPERATOR(pg_catalog.=) 'GeneratingExplainabilityReport' THEN 'waiting for processing job to complete'
    ELSE 'waiting for training job to complete' END);
END $body$`,
];

/** Everything of models, for an installation and an update alike. */
export const modelsSql: readonly string[] = [
  unlessThere(`pg_catalog.to_regnamespace('${modelSchema}')`, privilegeSql),
  unlessThere(`pg_catalog.to_regclass('${internalSchema}.model')`, [...tableSql, ...policiesSql, ...typesSql]),
  ...viewsSql,
  ...functionsSql,
];

/** Refuses to drop the extension while there are models: what they have in AWS would be left behind. */
export const refuseModelsSql = `DO $body$
DECLARE
  names text;
BEGIN
  IF pg_catalog.to_regclass('${internalSchema}.model') IS NULL THEN
    RETURN;
  END IF;
  SELECT pg_catalog.string_agg(pg_catalog.format('model %I.%I', m.schema_name, m.model_name), pg_catalog.chr(10)) INTO names
    FROM ${internalSchema}.model m;
  IF names IS NOT NULL THEN
    RAISE EXCEPTION 'cannot drop extension aws_ml because models depend on it'
      USING ERRCODE = '2BP01', DETAIL = names, HINT = 'Drop them first with DROP MODEL, which removes what they have in AWS.';
  END IF;
END $body$`;

export const dropModelsSql: readonly string[] = [
  `DO $body$
BEGIN
  IF pg_catalog.to_regclass('${internalSchema}.model') IS NOT NULL THEN
    DROP VIEW ${['svv_ml_model_privileges', 'svv_ml_model_info', 'stv_ml_model_info'].map((view) => `${modelSchema}.${view}`).join(', ')};
    DROP FUNCTION ${modelSchema}.explain_model(text), ${modelSchema}.create_model();
    DROP SCHEMA ${modelSchema};
    DROP VIEW ${internalSchema}.model_shown;
    DROP TABLE ${internalSchema}.model, ${internalSchema}.model_installation;
    DROP TYPE ${internalSchema}.prediction;
  END IF;
END $body$`,
];

/**
 * Whether the body of a function is such as those of models: one SELECT of our calls over arguments, constants and casts to
 * pg_catalog's types. It does the same whoever's rights it has, but for the right to make the call. A body with any other
 * word (`current_user`, FROM) is none.
 */
export const isModelBody = (source: string | null): boolean =>
  source?.startsWith(BEGINNING) === true && isPure(source.slice(BEGINNING.length));

const BEGINNING = 'SELECT ';

function isPure(expression: string): boolean {
  const withoutTexts = expression.replace(/'(?:[^']|'')*'/g, "''");
  // What a parenthesis follows, behind blanks as well, is called.
  const words = withoutTexts.match(/[A-Za-z_][\w.]*(?:\s*\()?/g) ?? [];
  return words.every(isPlainWord) && !/[^\w\s.,()[\]$:'-]/.test(withoutTexts);
}

function isPlainWord(word: string): boolean {
  if (word.endsWith('(')) return OURS.has(word.slice(0, -1).trimEnd());
  return OURS.has(word) || PLAIN_WORDS.has(word) || word.startsWith('pg_catalog.');
}

/** Beside calls and types: a list of labels, what is left out, and the label of a prediction. */
const PLAIN_WORDS: ReadonlySet<string> = new Set(['ARRAY', 'NULL', 'predicted_label', `${internalSchema}.prediction`]);

const OURS: ReadonlySet<string> = new Set([
  'aws_bedrock.invoke_model',
  'aws_sagemaker.invoke_endpoint',
  'pg_catalog.int4pl',
  'pg_catalog.round',
  'pg_catalog.timezone',
  'pg_catalog.to_char',
  `${internalSchema}.converse_request`,
  `${internalSchema}.converse_text`,
  `${internalSchema}.json_text`,
  `${internalSchema}.text_json`,
  `${internalSchema}.model_endpoint`,
  `${internalSchema}.model_number`,
  `${internalSchema}.model_probabilities`,
]);
