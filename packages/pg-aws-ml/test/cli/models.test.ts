/** The program: what it says of models, waits for and finds left behind. */
import { CreateEndpointConfigCommand, CreateModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { bucket, openModelLab, role } from '../models/model-lab.js';
import type { Lab } from '../support/lab.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from './run-cli.js';

let lab: Lab & { readonly trainer: Pool };
let environment: Environment;

beforeAll(async () => {
  [lab] = await Promise.all([openModelLab(), buildCli()]);
  environment = { ...connectionEnvironment(lab.database), ...lab.services.environment };
});

afterAll(() => lab?.close());

it('models --wait goes on with what another process has begun', async () => {
  await lab.trainer.query(`CREATE MODEL line FROM (SELECT calls, minutes, spent FROM customer) TARGET spent FUNCTION line IAM_ROLE default
    AUTO OFF MODEL_TYPE LINEAR_LEARNER SETTINGS (S3_BUCKET '${bucket}')`);
  await lab.trainer.end();
  const { code, stdout, stderr } = await runCli(environment, ['models', '--wait']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^public\.line {2}ready/)]);
  expect(stderr).toMatch(/^(public\.line: \w+.*\n)*$/);
});

it('doctor finds what is left behind, and what is lost', async () => {
  const [{ id }] = (await lab.admin.query('SELECT id FROM _aws_ml.model_installation')).rows;
  expect((await runCli(environment, ['doctor'])).stdout).toMatch(/ok +models: 1 model, and nothing beside in AWS/);
  const client = new SageMakerClient({
    endpoint: lab.services.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const orphan = `pgml-${id}-0123456789ab`;
  const image = '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1';
  const artifact = (await lab.admin.query("SELECT progress #>> '{container,artifact}' AS a FROM _aws_ml.model")).rows[0]
    .a;
  await client.send(
    new CreateModelCommand({
      ModelName: orphan,
      ExecutionRoleArn: role,
      PrimaryContainer: { Image: image, ModelDataUrl: artifact },
    }),
  );
  const variant = {
    VariantName: 'v',
    ModelName: orphan,
    ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
  };
  await client.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: orphan, ProductionVariants: [variant as never] }),
  );
  client.destroy();
  const found = await runCli(environment, ['doctor']);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(new RegExp(`FAILED +models: endpoint configuration ${orphan} belongs to no model`));
  expect(found.stdout).toMatch(new RegExp(`FAILED +models: model ${orphan} belongs to no model`));
});
