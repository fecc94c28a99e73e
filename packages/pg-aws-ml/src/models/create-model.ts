import type { CreateModel, ObjectName, RemoteModel, TrainModel } from 'pg-rewriter';
import { ensureInvokeEndpoint } from '../natively/overloads.js';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit } from '../server/transaction.js';
import { internalSchema } from '../stubs/names.js';
import { quoteLiteral } from '../stubs/quote.js';
import { raise } from '../stubs/server-message.js';
import { principalInvokeEndpoint } from '../stubs/sql/ml-functions.js';
import { modelSchema } from '../stubs/sql/models.js';
import { takeStep } from './advance-model.js';
import { dropNow } from './drop-model.js';
import { type ModelContext, refuseInBlock, roleOf } from './model-context.js';
import {
  createFunctionSql,
  endpointCall,
  isText,
  type ModelFunction,
  modelInputType,
  predictionBody,
  probabilitiesBody,
  signatureOf,
} from './model-functions.js';
import { asDatabaseError, awsFailure } from './model-services.js';
import { hasProbabilities, type ModelColumn, type ModelSpec, probabilitiesName } from './model-spec.js';
import { insertModel } from './model-table.js';
import { typeName } from './training-data.js';
import { describeTraining } from './training-spec.js';

export async function createModel(context: ModelContext, statement: CreateModel): Promise<void> {
  refuseInBlock(context, 'CREATE MODEL');
  switch (statement.kind) {
    case 'train model':
      await train(context, statement);
      break;
    case 'remote model':
      await createRemote(context, statement);
      break;
    case 'import model':
      throw databaseError('0A000', 'a model that is trained already runs behind an endpoint', {
        hint: "Deploy the job or the artefact with Amazon SageMaker, and name the endpoint: SAGEMAKER '<endpoint>'.",
      });
  }
  context.sink.commandComplete('CREATE MODEL');
}

/** Where a new model comes to be, if the role may create it. */
export async function newModelSchema(connection: ServerConnection, { schema }: ObjectName): Promise<string> {
  const { rows } = await connection.run(
    `SELECT coalesce($1, pg_catalog.current_schema()::pg_catalog.text),
       pg_catalog.has_function_privilege('${modelSchema}.create_model()', 'EXECUTE'),
       pg_catalog.has_function_privilege(${quoteLiteral(principalInvokeEndpoint)}, 'EXECUTE')`,
    { values: [schema ?? null] },
  );
  const [found, mayCreate, mayInvoke] = rows[0] ?? [];
  if (found == null) throw databaseError('3F000', 'no schema has been selected to create in');
  if (mayCreate !== 't') {
    throw databaseError('42501', 'permission denied to create a model', {
      hint: 'The owner of the extension may GRANT CREATE MODEL TO the role.',
    });
  }
  if (mayInvoke !== 't') {
    throw databaseError('42501', 'permission denied for function invoke_endpoint', {
      hint: "A model's function calls it with the rights of its owner: GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint to the role.",
    });
  }
  return found;
}

async function train(context: ModelContext, statement: TrainModel): Promise<void> {
  const { connection } = context;
  const schema = await newModelSchema(connection, statement.name);
  const { spec, inputTypes } = await describeTraining(context, statement);
  await connection.sync();
  // Without its packages nothing is begun.
  const services = await context.services();
  const id = await inUnit({ connection, inBlock: false }, { keep: true }, async () => {
    await ensureInvokeEndpoint(connection, inputTypes.map(modelInputType));
    const functions = trainedFunctions(schema, statement.function, spec);
    const [predicts] = functions;
    const made = await insert(connection, {
      schema,
      name: statement.name.name,
      predicts: predicts(''),
      spec,
      state: 'exporting',
    });
    for (const of of functions) await createFunction(connection, of(made));
    return made;
  });
  await beginTraining(context, services, id);
  context.watch();
  await notice(connection, {
    message: `model "${statement.name.name}" is training`,
    detail: `Function ${statement.function.name} predicts when it is ready, through ${endpointName(spec)} of Amazon SageMaker.`,
    hint: 'SHOW MODEL tells how far it is. DROP MODEL stops it.',
  });
}

const endpointName = ({ training }: ModelSpec): string =>
  training?.capacity.kind === 'serverless'
    ? 'a serverless endpoint, which costs nothing while nobody asks,'
    : 'an endpoint on instances, which costs money until DROP MODEL,';

/** The functions of a model, over its id. */
function trainedFunctions(
  schema: string,
  { schema: written, name }: ObjectName,
  spec: ModelSpec,
): [(id: string) => ModelFunction, ...((id: string) => ModelFunction)[]] {
  const common = { schema: written ?? schema, arguments: spec.features };
  const returns = spec.training?.target?.type ?? 'pg_catalog.int4';
  const predicts = (id: string) => ({ ...common, name, returns, body: predictionBody(id, spec) });
  if (!hasProbabilities(spec)) return [predicts];
  const gives = (id: string) => ({
    ...common,
    name: probabilitiesName(name),
    returns: 'pg_catalog.jsonb',
    body: probabilitiesBody(id, spec),
  });
  return [predicts, gives];
}

interface Inserted {
  readonly schema: string;
  readonly name: string;
  readonly predicts: ModelFunction;
  readonly spec: ModelSpec;
  readonly state: 'exporting' | 'ready';
}

export async function insert(connection: ServerConnection, { predicts, ...model }: Inserted): Promise<string> {
  try {
    return await insertModel(connection, { ...model, signature: signatureOf(predicts) });
  } catch (error) {
    if ((error as { code?: unknown }).code !== '23505') throw error;
    throw databaseError('42710', `model "${model.name}" already exists`, {
      hint: 'DROP MODEL removes it, with what it has in AWS.',
    });
  }
}

export async function createFunction(connection: ServerConnection, of: ModelFunction): Promise<void> {
  await connection.run(createFunctionSql(of));
  await connection.run(`REVOKE EXECUTE ON FUNCTION ${signatureOf(of)} FROM PUBLIC`);
}

/** Sends the data and starts the job. What fails here fails the statement, and leaves nothing behind. */
async function beginTraining(
  context: ModelContext,
  services: Awaited<ReturnType<ModelContext['services']>>,
  id: string,
): Promise<void> {
  const { connection, signal } = context;
  try {
    for (;;) {
      const outcome = await takeStep(connection, services, id, { signal, failing: 'throws' });
      if (outcome !== 'again') return;
    }
  } catch (error) {
    const failure = awsFailure(error);
    // It goes on by itself.
    if (failure?.retryable === true && failure.sqlState === '58000') return;
    await dropNow(context, id).catch(() => {});
    throw asDatabaseError(error);
  }
}

export async function notice(
  connection: ServerConnection,
  { message, detail, hint }: { readonly message: string; readonly detail: string; readonly hint: string },
): Promise<void> {
  const text = raise('NOTICE', { code: '00000', message, detail, hint });
  await connection.run(`DO ${quoteLiteral(`BEGIN ${text} END`)}`);
  await connection.sync();
}

async function createRemote(context: ModelContext, statement: RemoteModel): Promise<void> {
  const { connection, options } = context;
  if (statement.endpointModel !== undefined) {
    throw databaseError('0A000', 'one model of an endpoint for several is not supported', {
      hint: 'Name an endpoint that serves the model alone.',
    });
  }
  const schema = await newModelSchema(connection, statement.name);
  const features: ModelColumn[] = [];
  const oids: number[] = [];
  for (const { text } of statement.argumentTypes) {
    const { oid, type } = await resolveType(connection, text);
    features.push({ name: '', type });
    oids.push(oid);
  }
  const { type: returns } = await resolveType(connection, statement.returns.text);
  const spec: ModelSpec = {
    kind: 'remote',
    functionName: statement.function.name,
    features,
    roleArn: remoteRole(statement.iamRole, options),
    endpoint: statement.endpoint,
  };
  const rows = statement.settings.maxBatchRows;
  const call = endpointCall(quoteLiteral(statement.endpoint), spec, rows === undefined ? 'NULL' : String(rows));
  const predicts: ModelFunction = {
    schema: statement.function.schema ?? schema,
    name: statement.function.name,
    arguments: features,
    returns,
    body: `SELECT ${returns === 'pg_catalog.jsonb' ? `${internalSchema}.text_json(${call})` : asResult(call, returns)}`,
  };
  await connection.sync();
  await inUnit({ connection, inBlock: false }, { keep: true }, async () => {
    await ensureInvokeEndpoint(connection, oids.map(modelInputType));
    await insert(connection, { schema, name: statement.name.name, predicts, spec, state: 'ready' });
    await createFunction(connection, predicts);
  });
}

/** What is a text already, the server makes the type of the result. */
const asResult = (call: string, type: string): string => (isText(type) ? call : `${call}::${type}`);

/** Requests are made with the application's own rights: the role is for SHOW MODEL. */
export function remoteRole(written: string | undefined, options: ModelContext['options']): string {
  try {
    return roleOf(written, options);
  } catch {
    return 'default';
  }
}

export async function resolveType(
  connection: ServerConnection,
  text: string,
): Promise<{ readonly oid: number; readonly type: string }> {
  const { rows } = await connection.run(
    `SELECT t.oid, n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     WHERE t.oid = $1::pg_catalog.regtype::pg_catalog.oid`,
    { values: [text] },
  );
  const [oid, ...name] = rows[0] ?? [];
  return { oid: Number(oid), type: typeName(name) };
}
