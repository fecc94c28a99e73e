import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../sdk-clients.js';
import { KMEANS, LINEAR, numericCustomers, ROLE, TrainingFixture, trainingRequest, XGBOOST } from './fixture.js';

let fixture: TrainingFixture;
beforeAll(async () => {
  fixture = await TrainingFixture.start();
  await fixture.put('numeric/1.csv', numericCustomers());
  await fixture.put('unlabelled/1.csv', '1,1\n1.1,1\n9,9\n9.1,9\n'.repeat(50));
});
afterAll(() => fixture.close());
afterEach(() => fixture.services.setFaults());

const create = (name: string, image: string, hyperparameters: Record<string, string>, changes = {}) =>
  fixture.sagemaker.send(new CreateTrainingJobCommand(trainingRequest(name, image, hyperparameters, changes)));

/** Trains and deploys, all by one name. */
async function deploy(
  name: string,
  Image: string,
  hyperparameters: Record<string, string>,
  changes = {},
  Environment: Record<string, string> = {},
) {
  await create(name, Image, hyperparameters, changes);
  const { ModelArtifacts } = await fixture.trainingJob(name);
  const PrimaryContainer = { Image, ModelDataUrl: ModelArtifacts?.S3ModelArtifacts, Environment };
  await fixture.sagemaker.send(new CreateModelCommand({ ModelName: name, PrimaryContainer, ExecutionRoleArn: ROLE }));
  const ProductionVariants = [
    { VariantName: 'one', ModelName: name, InitialInstanceCount: 1, InstanceType: 'ml.m5.large' as const },
  ];
  await fixture.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants }));
  await fixture.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  await fixture.endpoint(name);
}

describe('a training job', () => {
  it('of XGBoost answers what its objective does, a line a row', async () => {
    await deploy('logistic', XGBOOST, { objective: 'binary:logistic', num_round: '20' });
    const job = await fixture.trainingJob('logistic');
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe('s3://data/out/logistic/output/model.tar.gz');
    const states = job.SecondaryStatusTransitions?.map(({ Status }) => Status);
    expect(states).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    expect(job.FinalMetricDataList).toContainEqual({
      MetricName: expect.stringMatching(/^train:/),
      Value: expect.any(Number),
      Timestamp: expect.any(Date),
    });
    const [leaves, stays, ...rest] = (await fixture.invoke('logistic', '9,20\n0,10\n')).split('\n');
    expect(Number(leaves)).toBeGreaterThan(0.9);
    expect(Number(stays)).toBeLessThan(0.1);
    expect(rest).toEqual(['']);
  });

  it('of XGBoost answers the fields it is asked for', async () => {
    const output = 'predicted_label,probabilities';
    await deploy(
      'fields',
      XGBOOST,
      { objective: 'binary:logistic', num_round: '5' },
      {},
      {
        SAGEMAKER_INFERENCE_OUTPUT: output,
      },
    );
    expect(await fixture.invoke('fields', '9,20', 'text/csv')).toMatch(/^1,"\[0\.\d+, 0\.\d+\]"\n$/);
    const json = JSON.parse(await fixture.invoke('fields', '9,20\n0,1', 'application/json'));
    expect(Object.keys(json.predictions[1])).toEqual(output.split(','));
  });

  it('refuses rows that are not those of its training', async () => {
    await deploy('strict', XGBOOST, { objective: 'reg:squarederror', num_round: '5' });
    for (const body of ['1,2,3', 'a secret,2', '"open']) {
      const error = await errorOf(fixture.invoke('strict', body));
      expect(error).toMatchObject({ name: 'ModelError', OriginalStatusCode: 400, OriginalMessage: expect.any(String) });
      expect(JSON.stringify(error)).not.toContain('secret');
    }
    expect(await errorOf(fixture.invoke('strict', '{}', '*/*', 'application/json'))).toMatchObject({
      OriginalStatusCode: 415,
    });
  });

  it('of linear learner answers in JSON, and in what else is accepted', async () => {
    await deploy('linear', LINEAR, { predictor_type: 'binary_classifier' });
    const { predictions } = JSON.parse(await fixture.invoke('linear', '9,99\n0,1\n'));
    expect(predictions).toEqual([
      { score: expect.any(Number), predicted_label: 1 },
      { score: expect.any(Number), predicted_label: 0 },
    ]);
    const lines = (await fixture.invoke('linear', '9,99\n0,1\n', 'application/jsonlines')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(predictions);
    const [{ score }] = predictions;
    expect(Number((await fixture.invoke('linear', '9,99', 'text/csv')).split(',')[0])).toBe(score);
    expect(await errorOf(fixture.invoke('linear', '9,99', 'image/png'))).toMatchObject({ OriginalStatusCode: 406 });
  });

  it('of k-means answers the closest cluster and how far it is', async () => {
    const data = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/unlabelled/' } } as const;
    await deploy(
      'clusters',
      KMEANS,
      { k: '2', feature_dim: '2' },
      {
        InputDataConfig: [{ ChannelName: 'train', ContentType: 'text/csv;label_size=0', DataSource: data }],
      },
    );
    const { predictions } = JSON.parse(await fixture.invoke('clusters', '1,1\n1.1,1\n9,9\n'));
    const clusters = predictions.map((prediction: { closest_cluster: number }) => prediction.closest_cluster);
    expect(clusters[0]).toBe(clusters[1]);
    expect(new Set(clusters)).toEqual(new Set([0, 1]));
    expect(predictions[0].distance_to_cluster).toBeCloseTo(0.05, 5);
  });

  it('stops, is listed, and can’t be stopped twice', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage: 'Training' } } });
    await create('stopped', XGBOOST, { objective: 'binary:logistic', num_round: '5' });
    const stop = () => fixture.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'stopped' }));
    await stop();
    expect((await fixture.trainingJob('stopped', 'Stopped')).SecondaryStatus).toBe('Stopped');
    expect((await errorOf(stop())).name).toBe('ValidationException');
    const listed = await fixture.sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: 'Stopped' }));
    expect(listed.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['stopped']);
  });

  it('ends at its runtime’s end', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage: 'Downloading' } } });
    await create('late', XGBOOST, {}, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect((await fixture.trainingJob('late', 'Stopped')).SecondaryStatus).toBe('MaxRuntimeExceeded');
  });

  it('fails where a fault says so', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { failAt: { stage: 'Uploading', reason: 'ClientError: no' } } });
    await create('unlucky', XGBOOST, { objective: 'binary:logistic', num_round: '5' });
    expect((await fixture.trainingJob('unlucky', 'Failed')).FailureReason).toBe('ClientError: no');
  });

  it.each([
    [
      'another image',
      { AlgorithmSpecification: { TrainingImage: 'x.dkr/y:1', TrainingInputMode: 'File' } },
      /training image/,
    ],
    ['no data', { InputDataConfig: [{ ChannelName: 'train', DataSource: {} }] }, /S3DataSource/],
    ['no resources', { ResourceConfig: undefined }, /ResourceConfig/],
  ])('is refused with %s', async (_, changes, message) => {
    const error = await errorOf(create('refused', XGBOOST, {}, changes));
    expect(error).toMatchObject({ name: 'ValidationException' });
    expect(error.message).toMatch(message);
  });
});
