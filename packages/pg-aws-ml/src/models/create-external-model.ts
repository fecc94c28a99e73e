import { converseContentType } from 'aws-ml-core/ml-functions';
import type { CreateExternalModel } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import { inUnit } from '../server/transaction.js';
import { internalSchema } from '../stubs/names.js';
import { quoteLiteral } from '../stubs/quote.js';
import { createFunction, insert, newModelSchema, remoteRole } from './create-model.js';
import { type ModelContext, refuseInBlock } from './model-context.js';
import type { ModelFunction } from './model-functions.js';
import type { ModelSpec } from './model-spec.js';

/** CREATE EXTERNAL MODEL: a function over a model of Bedrock. `unified` requests go through Converse, `raw` ones through InvokeModel. */
export async function createExternalModel(context: ModelContext, statement: CreateExternalModel): Promise<void> {
  refuseInBlock(context, 'CREATE EXTERNAL MODEL');
  const { connection, options, sink } = context;
  const schema = await newModelSchema(connection, statement.name);
  const { rows } = await connection.run(
    "SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) FROM pg_catalog.pg_proc p WHERE p.pronamespace = pg_catalog.to_regnamespace('aws_bedrock')::pg_catalog.oid",
  );
  if (rows[0]?.[0] !== 't') {
    throw databaseError('42501', 'permission denied for function invoke_model', {
      hint: "A model's function calls it with the rights of its owner: GRANT EXECUTE ON FUNCTION aws_bedrock.invoke_model to the role.",
    });
  }
  await connection.sync();
  const predicts = externalFunction(statement.function.schema ?? schema, statement);
  const spec: ModelSpec = {
    kind: 'bedrock',
    functionName: predicts.name,
    features: predicts.arguments.map(({ name, type }) => ({ name, type })),
    roleArn: remoteRole(statement.iamRole, options),
    bedrockModel: statement.modelId,
  };
  await inUnit({ connection, inBlock: false }, { keep: true }, async () => {
    await insert(connection, { schema, name: statement.name.name, predicts, spec, state: 'ready' });
    await createFunction(connection, predicts);
  });
  sink.commandComplete('CREATE MODEL');
}

function externalFunction(schema: string, statement: CreateExternalModel): ModelFunction {
  const { modelId, prompt, suffix, requestType, responseType } = statement;
  const { name } = statement.function;
  const model = quoteLiteral(modelId);
  if (requestType === 'raw') {
    const call = `aws_bedrock.invoke_model(${model}, 'application/json', 'application/json', ${internalSchema}.json_text($1))`;
    const request = { name: 'request', type: 'pg_catalog.jsonb' };
    return {
      schema,
      name,
      arguments: [request],
      returns: 'pg_catalog.jsonb',
      body: `SELECT ${internalSchema}.text_json(${call})`,
    };
  }
  const text = (written: string | undefined) => (written === undefined ? 'NULL' : quoteLiteral(written));
  const request = `${internalSchema}.converse_request($1, ${text(prompt)}, ${text(suffix)}, $2, $3)`;
  const call = `aws_bedrock.invoke_model(${model}, '${converseContentType}', NULL, ${request})`;
  return {
    schema,
    name,
    arguments: [
      { name: 'input_text', type: 'pg_catalog.text' },
      { name: 'inference_config', type: 'pg_catalog.jsonb', default: 'NULL' },
      { name: 'additional_model_request_fields', type: 'pg_catalog.jsonb', default: 'NULL' },
    ],
    returns: responseType === 'super' ? 'pg_catalog.jsonb' : 'pg_catalog.varchar',
    body:
      responseType === 'super'
        ? `SELECT ${internalSchema}.text_json(${call})`
        : `SELECT ${internalSchema}.converse_text(${call})`,
  };
}
