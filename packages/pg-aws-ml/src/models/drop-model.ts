import type { DropModel } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { inUnit } from '../server/transaction.js';
import { quoteLiteral } from '../stubs/quote.js';
import { raise } from '../stubs/server-message.js';
import { takeStep } from './advance-model.js';
import { functionsOfModel } from './functions-of-model.js';
import { type ModelContext, refuseInBlock } from './model-context.js';
import { awsFailure, reasonOf } from './model-services.js';
import { isTrained, type Model } from './model-spec.js';
import { changeModel, deleteModel, findModel, lockModel, readModel } from './model-table.js';

/** What is left in AWS is waited for this long; then whoever looks goes on. */
const PATIENCE_MS = 20_000;

export async function dropModel(context: ModelContext, { name, ifExists }: DropModel): Promise<void> {
  refuseInBlock(context, 'DROP MODEL');
  const { connection, sink } = context;
  const model = await findModel(connection, name.schema, name.name);
  await connection.sync();
  if (model === undefined) await missing(context, name.name, ifExists);
  else await dropNow(context, model.id);
  sink.commandComplete('DROP MODEL');
}

async function missing({ connection }: ModelContext, name: string, ifExists: boolean): Promise<void> {
  const message = `model "${name}" does not exist`;
  if (!ifExists) {
    throw databaseError('42704', message, {
      hint: 'SHOW MODEL ALL lists those that you may use; their owner may drop them.',
    });
  }
  const text = raise('NOTICE', { code: '00000', message: `${message}, skipping` });
  await connection.run(`DO ${quoteLiteral(`BEGIN ${text} END`)}`);
  await connection.sync();
}

/** Removes the functions at once, and then what the model has in AWS. May be repeated. */
export async function dropNow(context: ModelContext, id: string): Promise<void> {
  const { connection } = context;
  const scope = { connection, inBlock: false };
  const model = await inUnit(scope, { keep: true }, async () => {
    // A step that somebody takes has an end.
    await lockModel(connection, id);
    const found = await readModel(connection, id);
    if (found === undefined) return undefined;
    await dropFunctions(connection, found);
    if (isTrained(found.spec)) await changeModel(connection, id, { state: 'dropping', stage: '' });
    else await deleteModel(connection, id);
    return found;
  });
  if (model === undefined || !isTrained(model.spec)) return;
  const failure = await removeFromAws(context, id);
  if (failure === undefined) return;
  context.watch();
  const text = raise('NOTICE', {
    code: '00000',
    message: `what model "${model.name}" has in AWS is still being removed`,
    ...failure,
  });
  await connection.run(`DO ${quoteLiteral(`BEGIN ${text} END`)}`);
  await connection.sync();
}

interface Leftover {
  readonly detail: string;
  readonly hint: string;
}

/** @returns why something is left, where it is: whoever looks at models next goes on */
async function removeFromAws(
  { connection, signal, services }: ModelContext,
  id: string,
): Promise<Leftover | undefined> {
  const hint =
    'It goes on while this program runs, and with every SHOW MODEL ALL; pg-aws-ml doctor tells what is left.';
  let delay = 50;
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until && !signal.aborted; ) {
    try {
      const outcome = await takeStep(connection, await services(), id, { signal, failing: 'throws' });
      if (outcome === 'gone') return undefined;
    } catch (error) {
      const failure = awsFailure(error);
      if (failure === undefined) throw error;
      return { detail: reasonOf(failure), hint: failure.hint ?? hint };
    }
    await new Promise((resolve) => setTimeout(resolve, delay));
    delay = Math.min(2000, delay * 2);
  }
  return { detail: 'A job that is being stopped has not ended yet.', hint };
}

async function dropFunctions(connection: ServerConnection, model: Model): Promise<void> {
  for (const signature of await functionsOfModel(connection, model)) await connection.run(`DROP FUNCTION ${signature}`);
}
