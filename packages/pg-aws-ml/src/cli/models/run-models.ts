import type pg from 'pg';
import { internalSchema } from '../../stubs/names.js';
import { withConnection } from '../connect.js';
import type { ConnectionFlags } from '../connection-options.js';
import { exitCodes, StatementFailure } from '../failure.js';
import { ModelProgressLine, type ShownModel } from './model-progress.js';

export interface ModelsFlags extends ConnectionFlags {
  readonly wait?: boolean;
  readonly json?: boolean;
}

const LOOK_MS = 2000;

const modelsSql = `SELECT pg_catalog.format('%I.%I', schema_name, model_name) AS name, owned, state, stage, error,
  (progress ->> 'candidates')::int AS candidates, progress -> 'metrics' -> 0 ->> 'name' AS metric,
  (progress -> 'metrics' -> 0 ->> 'value')::float8 AS value,
  extract(epoch FROM now() - created_at)::float8 AS elapsed, (spec -> 'training' ->> 'maxRuntimeSeconds')::float8 AS "limit"
FROM ${internalSchema}.model_shown
WHERE $1::text[] = '{}' OR id = ANY (SELECT ${internalSchema}.find_model(n) FROM pg_catalog.unnest($1::text[]) AS n)
ORDER BY 1`;

export async function runModels(names: readonly string[], flags: ModelsFlags): Promise<void> {
  await withConnection(flags, async (client) => {
    const models = flags.wait ? await waitFor(client, names) : await look(client, names);
    const lines = flags.json
      ? `${JSON.stringify(models, null, 2)}\n`
      : models.map((model) => `${lineOf(model)}\n`).join('');
    process.stdout.write(lines);
    if (flags.wait && models.some(({ state }) => state === 'failed')) process.exitCode = exitCodes.statementFailed;
  });
}

/** Takes the steps that can be taken, and reads how far the models are. */
async function look(client: pg.PoolClient, names: readonly string[]): Promise<ShownModel[]> {
  await run(client, 'SHOW MODEL ALL', []);
  return run(client, modelsSql, [names]);
}

async function run(client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<ShownModel[]> {
  try {
    return (await client.query(text, [...values])).rows;
  } catch (error) {
    throw new StatementFailure(error, text);
  }
}

const isUnderWay = ({ state, owned }: ShownModel): boolean => owned && state !== 'ready' && state !== 'failed';

async function waitFor(client: pg.PoolClient, names: readonly string[]): Promise<ShownModel[]> {
  const line = new ModelProgressLine();
  try {
    for (;;) {
      const models = await look(client, names);
      const underWay = models.filter(isUnderWay);
      if (underWay.length === 0) return models;
      await line.show(underWay);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    line.stop();
  }
}

function lineOf({ name, state, stage, error, metric, value }: ShownModel): string {
  const how = metric === null || value === null ? '' : `  ${metric} ${Number(value.toPrecision(4))}`;
  return `${name}  ${state}${stage === '' ? '' : ` (${stage})`}${how}${error === null ? '' : `  ${error}`}`;
}
