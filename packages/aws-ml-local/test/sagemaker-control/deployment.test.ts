import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTagsCommand,
  type ProductionVariant,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startFixture } from '../sdk-clients.js';
import { ROLE, TrainingFixture, XGBOOST } from './fixture.js';

const ARN = 'arn:aws:sagemaker:us-east-1:111122223333';

let fixture: TrainingFixture;
beforeAll(async () => {
  fixture = await TrainingFixture.start({ endpoints: { total: 'sum' } });
  await fixture.put('model.tar.gz', 'no archive');
});
afterAll(() => fixture.close());
afterEach(() => fixture.services.setFaults());

const createModel = (ModelName: string, changes = {}) =>
  fixture.sagemaker.send(
    new CreateModelCommand({
      ModelName,
      PrimaryContainer: { Image: XGBOOST, ModelDataUrl: 's3://data/model.tar.gz' },
      ExecutionRoleArn: ROLE,
      ...changes,
    }),
  );
const createConfig = (EndpointConfigName: string, variant: Partial<ProductionVariant> = {}) =>
  fixture.sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName,
      ProductionVariants: [
        {
          VariantName: 'one',
          ModelName: 'model',
          ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
          ...variant,
        },
      ],
    }),
  );
const createEndpoint = (EndpointName: string, EndpointConfigName = 'config') =>
  fixture.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));

beforeAll(async () => {
  await createModel('model');
  await createConfig('config');
});

describe('models', () => {
  it('are described, listed page by page, and deleted', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await createModel(name);
    const described = await fixture.sagemaker.send(new DescribeModelCommand({ ModelName: 'page-a' }));
    expect(described).toMatchObject({
      ModelArn: `${ARN}:model/page-a`,
      PrimaryContainer: { Image: XGBOOST, ModelDataUrl: 's3://data/model.tar.gz' },
      ExecutionRoleArn: ROLE,
      CreationTime: expect.any(Date),
    });
    const asked = { NameContains: 'page', SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 2 } as const;
    const first = await fixture.sagemaker.send(new ListModelsCommand(asked));
    const second = await fixture.sagemaker.send(
      new ListModelsCommand({ ...asked, ...(first.NextToken !== undefined && { NextToken: first.NextToken }) }),
    );
    expect([first, second].map(({ Models }) => Models?.map(({ ModelName }) => ModelName))).toEqual([
      ['page-a', 'page-b'],
      ['page-c'],
    ]);
    expect(second.NextToken).toBeUndefined();
    const { CreationTime } = described;
    const later = new ListModelsCommand({ CreationTimeAfter: new Date((CreationTime?.getTime() ?? 0) + 3_600_000) });
    expect((await fixture.sagemaker.send(later)).Models).toEqual([]);
    for (const name of ['page-a', 'page-b', 'page-c']) {
      await fixture.sagemaker.send(new DeleteModelCommand({ ModelName: name }));
    }
    expect(await errorOf(fixture.sagemaker.send(new DeleteModelCommand({ ModelName: 'page-a' })))).toMatchObject({
      name: 'ValidationException',
      message: `Could not find model "${ARN}:model/page-a".`,
    });
  });

  it.each([
    ['a name that is taken', 'model', {}, `Cannot create already existing model "${ARN}:model/model".`],
    ['no container', 'm', { PrimaryContainer: undefined }, 'Exactly one of PrimaryContainer and Containers'],
    ['no image', 'm', { PrimaryContainer: {} }, 'must have an Image'],
    [
      'data that are not there',
      'm',
      { PrimaryContainer: { Image: XGBOOST, ModelDataUrl: 's3://data/nope' } },
      'Could not access model data at s3://data/nope',
    ],
  ])('are refused with %s', async (_, name, changes, message) => {
    const error = await errorOf(createModel(name, changes));
    expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });
});

describe('endpoint configurations', () => {
  it.each<[string, Partial<ProductionVariant>, string]>([
    ['no such model', { ModelName: 'nope' }, `Could not find model "${ARN}:model/nope".`],
    ['neither instances nor serverless', { ServerlessConfig: undefined }, 'or a ServerlessConfig'],
    ['both', { InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }, 'neither InstanceType nor InitialInstanceCount'],
    ['1025 MB', { ServerlessConfig: { MemorySizeInMB: 1025, MaxConcurrency: 1 } }, 'must be one of 1024, 2048'],
    [
      '512 MB',
      { ServerlessConfig: { MemorySizeInMB: 512, MaxConcurrency: 1 } },
      "Value '512' at 'productionVariants.1.member.serverlessConfig.memorySizeInMB' failed to satisfy constraint",
    ],
  ])('are refused with %s', async (_, variant, message) => {
    const error = await errorOf(createConfig('refused', variant));
    expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  it('are described and deleted', async () => {
    await createConfig('described', {
      ServerlessConfig: undefined,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
    });
    const names = { EndpointConfigName: 'described' };
    expect(await fixture.sagemaker.send(new DescribeEndpointConfigCommand(names))).toMatchObject({
      EndpointConfigArn: `${ARN}:endpoint-config/described`,
      ProductionVariants: [{ VariantName: 'one', InitialInstanceCount: 2, InitialVariantWeight: 1 }],
    });
    await fixture.sagemaker.send(new DeleteEndpointConfigCommand(names));
    expect(await errorOf(fixture.sagemaker.send(new DescribeEndpointConfigCommand(names)))).toMatchObject({
      message: `Could not find endpoint configuration "${ARN}:endpoint-config/described".`,
    });
  });
});

describe('endpoints', () => {
  it('fail with the reason when their model can’t be loaded', async () => {
    await createEndpoint('broken');
    const { FailureReason, EndpointConfigName } = await fixture.endpoint('broken', 'Failed');
    expect(FailureReason).toContain('model.json');
    expect(EndpointConfigName).toBe('config');
    expect(await errorOf(fixture.invoke('broken', '1'))).toMatchObject({ name: 'ValidationError' });
    await fixture.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'broken' }));
  });

  it('can be neither invoked, updated nor deleted while they are made', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage: 'Creating' } } });
    await createEndpoint('slow');
    const names = { EndpointName: 'slow' };
    const described = await fixture.sagemaker.send(new DescribeEndpointCommand(names));
    expect(described).toMatchObject({ EndpointStatus: 'Creating', EndpointArn: `${ARN}:endpoint/slow` });
    const busy = { name: 'ValidationException', message: `Cannot update in-progress endpoint "${ARN}:endpoint/slow".` };
    const update = new UpdateEndpointCommand({ ...names, EndpointConfigName: 'config' });
    expect(await errorOf(fixture.sagemaker.send(update))).toMatchObject(busy);
    expect(await errorOf(fixture.sagemaker.send(new DeleteEndpointCommand(names)))).toMatchObject(busy);
    expect(await errorOf(fixture.invoke('slow', '1'))).toMatchObject({ name: 'ValidationError' });
    fixture.services.setFaults({ 'sagemaker-control': { failAt: { stage: 'Creating', reason: 'No capacity.' } } });
    expect((await fixture.endpoint('slow', 'Failed')).FailureReason).toBe('No capacity.');
  });

  it('of the options are in service, and stay', async () => {
    expect(await fixture.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'total' }))).toMatchObject({
      EndpointStatus: 'InService',
      EndpointArn: `${ARN}:endpoint/total`,
    });
    const listed = await fixture.sagemaker.send(new ListEndpointsCommand({ StatusEquals: 'InService' }));
    expect(listed.Endpoints?.map(({ EndpointName }) => EndpointName)).toEqual(['total']);
    const remove = fixture.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'total' }));
    expect((await errorOf(remove)).message).toContain('options of aws-ml-local');
    expect((await errorOf(createEndpoint('total'))).message).toContain('already existing endpoint');
    expect(await fixture.invoke('total', '1,2')).toBe('3\n');
  });
});

describe('a folder for the data', () => {
  it('keeps models and tags beside the buckets', async () => {
    const data = await mkdtemp(join(tmpdir(), 'aws-ml-local-'));
    const first = await TrainingFixture.start({ data });
    await first.put('model.tar.gz', 'no archive');
    const PrimaryContainer = { Image: XGBOOST, ModelDataUrl: 's3://data/model.tar.gz' };
    const Tags = [{ Key: 'a', Value: 'b' }];
    await first.sagemaker.send(new CreateModelCommand({ ModelName: 'kept', PrimaryContainer, Tags }));
    await first.close();
    const second = await startFixture({ data });
    try {
      const described = await second.control.send(new DescribeModelCommand({ ModelName: 'kept' }));
      expect(described).toMatchObject({ PrimaryContainer });
      const tags = await second.control.send(new ListTagsCommand({ ResourceArn: `${ARN}:model/kept` }));
      expect(tags.Tags).toEqual(Tags);
    } finally {
      await second.close();
      await rm(data, { recursive: true });
    }
  });
});

describe('tags', () => {
  it('are added, listed and deleted', async () => {
    const ResourceArn = `${ARN}:model/model`;
    const Tags = [
      { Key: 'team', Value: 'data' },
      { Key: 'stage', Value: 'test' },
    ];
    expect((await fixture.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags }))).Tags).toEqual(Tags);
    await fixture.sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['team'] }));
    expect((await fixture.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([Tags[1]]);
    const elsewhere = new ListTagsCommand({ ResourceArn: `${ARN}:model/nope` });
    expect(await errorOf(fixture.sagemaker.send(elsewhere))).toMatchObject({ name: 'ValidationException' });
  });
});

describe('requests that are none', () => {
  const post = async (target: string, body: string, contentType = 'application/x-amz-json-1.1') => {
    const scope = '20250101/us-east-1/sagemaker/aws4_request';
    const response = await fetch(fixture.services.url, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'x-amz-target': target,
        'x-amz-date': '20250101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      },
      body,
    });
    return { status: response.status, body: await response.json() };
  };

  it.each([
    ['SageMaker.CreateEverything', '{}', 'UnknownOperationException'],
    ['SageMaker.DescribeModel', 'secret', 'SerializationException'],
    ['SageMaker.DescribeModel', '[]', 'SerializationException'],
    ['SageMaker.DescribeModel', '{"ModelName": 1}', 'SerializationException'],
    ['SageMaker.DescribeModel', '{"ModelName": "x"}', 'ValidationException'],
  ])('%s %s', async (target, body, code) => {
    const answer = await post(target, body);
    expect(answer).toMatchObject({ status: 400, body: { __type: code } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});
