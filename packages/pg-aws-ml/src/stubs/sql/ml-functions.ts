import { type MlFunction, mlFunctions } from 'aws-ml-core/ml-functions';
import { internalSchema } from '../names.js';
import { spelledApart } from './spelled-apart.js';

/** The version of the extension, as `CREATE EXTENSION aws_ml VERSION …` names it. */
export type ExtensionVersion = MlFunction['since'];

/** The attributes of the ML functions. A volatile function is never evaluated while a statement is planned. */
export const mlFunctionAttributes = 'LANGUAGE plpgsql VOLATILE PARALLEL SAFE COST 5000 SECURITY DEFINER';

/**
 * invoke_endpoint's VARIADIC "any" can only be written in C. Instead there are two functions: the principal one for
 * texts, and one for what has a cast to the type `argument`. Those for mixed calls are added when one needs them.
 */
const principalModelInput = 'VARIADIC model_input bpchar[]';
const otherModelInput = `VARIADIC model_input ${internalSchema}.argument[]`;

/** Signature of the invoke_endpoint that takes texts; it stands for all. */
export const principalInvokeEndpoint = 'aws_sagemaker.invoke_endpoint(varchar,int4,bpchar[])';

/** Those that are there from the beginning. */
export const installedInvokeEndpoints: readonly string[] = [
  principalInvokeEndpoint,
  `aws_sagemaker.invoke_endpoint(varchar,int4,${internalSchema}.argument[])`,
];

/** The bodies run as the extension's owner: every name in them is qualified, and they hold no operator. */
const bodies: Record<MlFunction['qualifiedName'], string> = {
  'aws_comprehend.detect_sentiment': `
DECLARE
  e pg_catalog.record;
BEGIN
  IF input_text IS NULL THEN RETURN; END IF;
  IF language_code IS NULL THEN
    RAISE EXCEPTION 'aws_comprehend.detect_sentiment: language_code must not be null' USING ERRCODE = '22004';
  END IF;
  e := ${internalSchema}.evaluate('aws_comprehend.detect_sentiment',
    ARRAY[input_text::pg_catalog.text, language_code::pg_catalog.text], max_rows_per_batch);
  sentiment := e.r1;
  confidence := e.r2::pg_catalog.float4;
END `,
  'aws_sagemaker.invoke_endpoint': invokeEndpointBody(`${internalSchema}.csv_fields(model_input)`),
  'aws_bedrock.invoke_model': `
BEGIN
  IF model_id IS NULL OR model_input IS NULL THEN RETURN; END IF;
  model_output := (${internalSchema}.evaluate('aws_bedrock.invoke_model',
    ARRAY[model_id::pg_catalog.text, content_type, accept_type, model_input], NULL)).r1;
END `,
  'aws_bedrock.invoke_model_get_embeddings': `
BEGIN
  IF model_id IS NULL OR model_input IS NULL THEN RETURN; END IF;
  model_output := (${internalSchema}.evaluate('aws_bedrock.invoke_model_get_embeddings',
    ARRAY[model_id::pg_catalog.text, content_type, json_key, model_input], NULL)).r1::pg_catalog.float8[];
END `,
};

/** @param fields SQL for the text[] of the CSV fields */
export function invokeEndpointBody(fields: string): string {
  return `
BEGIN
  IF endpoint_name IS NULL THEN
    RAISE EXCEPTION '% must not be null', ${spelledApart('aws_sagemaker.invoke_endpoint: endpoint_name')} USING ERRCODE = '22004';
  END IF;
  model_output := (${internalSchema}.evaluate(${spelledApart('aws_sagemaker.invoke_endpoint')},
    pg_catalog.array_cat(ARRAY[endpoint_name::pg_catalog.text], ${fields}), max_rows_per_batch)).r1;
END `;
}

function parameterList(f: MlFunction, modelInput = principalModelInput): string {
  const inputs = f.parameters.map((p) => {
    if (p.type === 'any') return modelInput;
    return `IN ${p.name} ${p.type}${p.default === undefined ? '' : ` DEFAULT ${p.default}`}`;
  });
  return [...inputs, ...f.results.map((r) => `OUT ${r.name} ${r.type}`)].join(', ');
}

/** The ML functions that a version has. */
export const mlFunctionsOf = (version: ExtensionVersion): readonly MlFunction[] =>
  mlFunctions.filter((f) => f.since <= version);

/** Creates one of them, or gives it the body of this version: privileges, and what depends on it, stay. */
export function mlFunctionSql(f: MlFunction, create: 'CREATE' | 'CREATE OR REPLACE'): string[] {
  const definition = (parameters: string, body: string) =>
    `${create} FUNCTION ${f.qualifiedName}(${parameters}) ${mlFunctionAttributes} AS $body$${body}$body$`;
  const sql = [definition(parameterList(f), bodies[f.qualifiedName])];
  if (f.qualifiedName === 'aws_sagemaker.invoke_endpoint') {
    const body = invokeEndpointBody(`${internalSchema}.fields_of(VARIADIC model_input)`);
    sql.push(definition(parameterList(f, otherModelInput), body));
  }
  return sql;
}

const signaturesOf = (f: MlFunction): readonly string[] =>
  f.qualifiedName === 'aws_sagemaker.invoke_endpoint' ? installedInvokeEndpoints : [f.qualifiedName];

/** Creates the schemas and functions of `version` that `from` (an installed version) lacks. */
export function mlFunctionsSql(version: ExtensionVersion, from?: ExtensionVersion): string[] {
  const added = mlFunctionsOf(version).filter((f) => from === undefined || f.since > from);
  const schemas = [...new Set(added.map((f) => f.schema))];
  return [
    ...schemas.flatMap((s) => [`CREATE SCHEMA ${s}`, `GRANT USAGE ON SCHEMA ${s} TO PUBLIC`]),
    ...added.flatMap((f) => [
      ...mlFunctionSql(f, 'CREATE'),
      ...signaturesOf(f).map((signature) => `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC`),
    ]),
    ...(schemas.length > 0 ? [grantToAdministrators(schemas)] : []),
  ];
}

/** The role aws_ml and what it may do; where the user may not create roles the extension works without it. */
function grantToAdministrators(schemas: readonly string[]): string {
  const list = schemas.join(', ');
  return `DO $body$
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'aws_ml') THEN
      CREATE ROLE aws_ml NOLOGIN;
      GRANT aws_ml TO CURRENT_USER;
    END IF;
  EXCEPTION
    WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
  END;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'aws_ml') THEN
    GRANT USAGE ON SCHEMA ${list} TO aws_ml;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${list} TO aws_ml;
  END IF;
END $body$`;
}
