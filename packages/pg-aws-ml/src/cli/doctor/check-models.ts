import { TrainingError, TrainingOperations } from 'aws-ml-core/training';
import type pg from 'pg';
import { awsName, awsPrefix } from '../../models/model-spec.js';
import { internalSchema } from '../../stubs/names.js';
import type { ConnectionFlags } from '../connection-options.js';
import { type Finding, failed, passed } from './check.js';

interface KnownModel {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/**
 * Compares the models of the database with what there is in AWS. Lists, which costs nothing; asks no service where the database has
 * no models, unless that is wanted.
 */
export async function checkModels(
  client: pg.Client,
  flags: ConnectionFlags & { readonly models?: boolean },
): Promise<Finding[]> {
  const installation = await readInstallation(client);
  if (installation === undefined) return [];
  const { rows } = await client.query(
    `SELECT id, pg_catalog.format('%I.%I', schema_name, model_name) AS name, state FROM ${internalSchema}.model WHERE spec ? 'training' ORDER BY 2`,
  );
  const models = rows as KnownModel[];
  if (models.length === 0 && flags.models !== true) return [];
  const training = new TrainingOperations(flags.region === undefined ? {} : { region: flags.region });
  try {
    return await compare(training, installation, models);
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    const { hint } = error.fields;
    return [{ check: 'models', status: 'skipped', message: error.message, ...(hint !== undefined && { fix: hint }) }];
  } finally {
    training.close();
  }
}

/** Undefined where there are no models, or the role doesn't see all of them. */
async function readInstallation(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query(
    `SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') AS sees_all FROM pg_catalog.pg_class c
     WHERE c.oid = pg_catalog.to_regclass('${internalSchema}.model')`,
  );
  if (rows[0]?.sees_all !== true) return undefined;
  return (await client.query(`SELECT id FROM ${internalSchema}.model_installation`)).rows[0]?.id;
}

async function compare(
  training: TrainingOperations,
  installation: string,
  models: readonly KnownModel[],
): Promise<Finding[]> {
  const found = await training.resources(awsPrefix(installation));
  const names = new Map(models.map((model) => [awsName({ installation, id: model.id }), model]));
  const orphans = found.filter(({ name }) => !names.has(name));
  const endpoints = new Set(found.filter(({ kind }) => kind === 'endpoint').map(({ name }) => name));
  const lost = [...names].filter(([name, { state }]) => state === 'ready' && !endpoints.has(name));
  const left = models.filter(({ state }) => state === 'dropping');
  const findings = [
    ...orphans.map(({ kind, name }) =>
      failed(
        'models',
        `${kind} ${name} belongs to no model of this database`,
        `Delete it: it may cost money. ${removal[kind]} ${name}`,
      ),
    ),
    ...lost.map(([name, model]) =>
      failed(
        'models',
        `model ${model.name} has lost its endpoint ${name}`,
        `DROP MODEL ${model.name}, and create it again.`,
      ),
    ),
    ...left.map(
      ({ name }): Finding => ({
        check: 'models',
        status: 'warning',
        message: `what model ${name} has in AWS is still being removed`,
        fix: 'pg-aws-ml models --wait goes on with it.',
      }),
    ),
  ];
  if (findings.length > 0) return findings;
  return [
    passed('models', `${models.length === 1 ? '1 model' : `${models.length} models`}, and nothing beside in AWS`),
  ];
}

const removal = {
  endpoint: 'aws sagemaker delete-endpoint --endpoint-name',
  'endpoint configuration': 'aws sagemaker delete-endpoint-config --endpoint-config-name',
  model: 'aws sagemaker delete-model --model-name',
  'AutoML job': 'aws sagemaker stop-auto-ml-job --auto-ml-job-name',
  'training job': 'aws sagemaker stop-training-job --training-job-name',
} as const;
