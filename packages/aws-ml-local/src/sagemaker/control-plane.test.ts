import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalObjectStore } from '../objects/local-object-store.js';
import { memoryStorage } from '../objects/memory-storage.js';
import type { ObjectStore } from '../objects/object-store.js';
import { ControlPlane } from './control-plane.js';
import type { Operation } from './request-shapes.js';

let directory: string;
let store: ObjectStore;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sagemaker-'));
  store = await LocalObjectStore.open(memoryStorage);
  await store.createBucket('data');
  await store.put('data', 'rows.csv', csv());
});
afterAll(() => rm(directory, { recursive: true }));

async function* csv() {
  yield Buffer.from(Array.from({ length: 50 }, (_, index) => `${index % 2},${index % 2},7\n`).join(''));
}

/** A control plane whose work hangs at a stage; one after the other keeps its state in the same file. */
const open = (hangsAt?: string) =>
  ControlPlane.open({
    region: 'us-east-1',
    store,
    rules: { delayMs: 0, atStage: (_, stage) => ({ kind: stage === hangsAt ? 'hangs' : 'goes on' }) },
    configured: ['total'],
    stateFile: join(directory, 'state.json'),
  });

const ask = async (control: ControlPlane, operation: Operation, request: object) => {
  control.check(operation, request);
  return (await control.answer(operation, request)) as Record<string, unknown>;
};
const until = (control: ControlPlane, operation: Operation, request: object, member: string, value: string) =>
  expect.poll(async () => (await ask(control, operation, request))[member], { timeout: 60_000 }).toBe(value);

const Image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
const job = { TrainingJobName: 'job' };

describe('a control plane that ends', () => {
  it('goes on in the next one', async () => {
    const first = await open('Training');
    await ask(first, 'CreateTrainingJob', {
      ...job,
      RoleArn: 'arn:aws:iam::111122223333:role/SageMaker',
      AlgorithmSpecification: { TrainingImage: Image, TrainingInputMode: 'File' },
      HyperParameters: { objective: 'binary:logistic', num_round: '5' },
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/rows.csv' } },
        },
      ],
      OutputDataConfig: { S3OutputPath: 's3://data/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      Tags: [{ Key: 'team', Value: 'data' }],
    });
    await until(first, 'DescribeTrainingJob', job, 'SecondaryStatus', 'Training');
    await first.close();

    const second = await open();
    await until(second, 'DescribeTrainingJob', job, 'TrainingJobStatus', 'Completed');
    const { ModelArtifacts, TrainingJobArn } = await ask(second, 'DescribeTrainingJob', job);
    const { S3ModelArtifacts: ModelDataUrl } = ModelArtifacts as { S3ModelArtifacts: string };
    await ask(second, 'CreateModel', { ModelName: 'm', PrimaryContainer: { Image, ModelDataUrl } });
    const ServerlessConfig = { MemorySizeInMB: 1024, MaxConcurrency: 1 };
    const ProductionVariants = [{ VariantName: 'v', ModelName: 'm', ServerlessConfig }];
    await ask(second, 'CreateEndpointConfig', { EndpointConfigName: 'c', ProductionVariants });
    await ask(second, 'CreateEndpoint', { EndpointName: 'e', EndpointConfigName: 'c' });
    await until(second, 'DescribeEndpoint', { EndpointName: 'e' }, 'EndpointStatus', 'InService');
    // What serves is kept by the endpoint.
    await ask(second, 'DeleteEndpointConfig', { EndpointConfigName: 'c' });
    await ask(second, 'DeleteModel', { ModelName: 'm' });
    await second.close();

    const third = await open();
    const body = Buffer.from('1,7\n');
    const answer = await third.endpoint('e')?.({ endpointName: 'e', contentType: 'text/csv', accept: '*/*', body });
    expect(Number(answer?.body.toString())).toBeGreaterThan(0.5);
    expect(await ask(third, 'ListTags', { ResourceArn: TrainingJobArn as string })).toEqual({
      Tags: [{ Key: 'team', Value: 'data' }],
    });
    const { Endpoints } = await ask(third, 'ListEndpoints', { SortBy: 'Name', SortOrder: 'Ascending' });
    expect(Endpoints).toMatchObject([{ EndpointName: 'e' }, { EndpointName: 'total', EndpointStatus: 'InService' }]);
    await third.close();
  }, 130_000);
});
