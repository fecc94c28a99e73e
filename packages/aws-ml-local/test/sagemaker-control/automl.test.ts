import {
  CreateAutoMLJobV2Command,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeAutoMLJobV2Command,
  DescribeEndpointCommand,
  ListAutoMLJobsCommand,
  ListCandidatesForAutoMLJobCommand,
  StopAutoMLJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../sdk-clients.js';
import { autoMlRequest, customers, ROLE, TrainingFixture } from './fixture.js';

let fixture: TrainingFixture;
beforeAll(async () => {
  fixture = await TrainingFixture.start();
  const [header = '', ...rows] = customers().trim().split('\n');
  // Two objects under the prefix, each with a header, the second packed.
  await fixture.put('customers/1.csv', [header, ...rows.slice(0, 300)].join('\n'));
  await fixture.putGzip('customers/2.csv', [header, ...rows.slice(300)].join('\n'), { ContentEncoding: 'gzip' });
});
afterAll(() => fixture.close());
afterEach(() => fixture.services.setFaults());

const create = (name: string, changes = {}) =>
  fixture.sagemaker.send(new CreateAutoMLJobV2Command(autoMlRequest(name, changes)));

describe('an AutoML job', () => {
  it('becomes an endpoint that predicts', async () => {
    const { AutoMLJobArn } = await create('journey');
    expect(AutoMLJobArn).toBe('arn:aws:sagemaker:us-east-1:111122223333:automl-job/journey');
    const job = await fixture.autoMlJob('journey');
    expect(job).toMatchObject({
      AutoMLJobArn,
      AutoMLJobSecondaryStatus: 'Completed',
      AutoMLProblemTypeConfigName: 'Tabular',
      ResolvedAttributes: {
        AutoMLJobObjective: { MetricName: 'F1' },
        AutoMLProblemTypeResolvedAttributes: {
          TabularResolvedAttributes: { ProblemType: 'BinaryClassification' },
        },
      },
      BestCandidate: {
        CandidateStatus: 'Completed',
        ObjectiveStatus: 'Succeeded',
        FinalAutoMLJobObjectiveMetric: { MetricName: 'F1', Type: 'Maximize', Value: expect.any(Number) },
      },
    });
    expect(job.BestCandidate?.FinalAutoMLJobObjectiveMetric?.Value).toBeGreaterThan(0.9);
    const { CandidateProperties, InferenceContainers = [] } = job.BestCandidate ?? {};
    const folder = CandidateProperties?.CandidateArtifactLocations?.Explainability;
    const { explanations } = JSON.parse(Buffer.from(await fixture.get(`${folder}/analysis.json`)).toString());
    const [explained] = Object.values<{ global_shap_values: object }>(explanations.kernel_shap);
    expect(Object.keys(explained?.global_shap_values ?? {}).sort()).toEqual(['calls', 'charge', 'plan']);

    const [container] = InferenceContainers;
    const keys = container?.Environment?.SAGEMAKER_INFERENCE_SUPPORTED ?? '';
    expect(keys).toBe('predicted_label,probability,probabilities,labels');
    const Environment = { ...container?.Environment, SAGEMAKER_INFERENCE_OUTPUT: keys };
    await fixture.sagemaker.send(
      new CreateModelCommand({
        ModelName: 'journey',
        PrimaryContainer: { ...container, Environment },
        ExecutionRoleArn: ROLE,
      }),
    );
    await fixture.sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'journey',
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            ModelName: 'journey',
            ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
          },
        ],
      }),
    );
    await fixture.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'journey', EndpointConfigName: 'journey' }));
    await fixture.endpoint('journey');
    const answer = await fixture.invoke('journey', '9,20.5,basic\n0,10,family\n1,,business\n');
    const lines = answer.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^True\.,0\.\d+,"\[\d\.\d+(?:e-\d+)?, 0\.\d+\]","\['False\.', 'True\.'\]"$/);
    expect(lines[1]).toMatch(/^False\.,/);

    await fixture.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'journey' }));
    await expect
      .poll(() => errorOf(fixture.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'journey' }))), {
        timeout: 10_000,
      })
      .toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('Could not find endpoint "arn:'),
      });
    const gone = await errorOf(fixture.invoke('journey', '1,2,basic'));
    expect(gone).toMatchObject({ name: 'ValidationError', message: expect.stringContaining('not found') });
  });

  it('is listed with its candidates', async () => {
    await create('listed');
    await fixture.autoMlJob('listed');
    const jobs = await fixture.sagemaker.send(new ListAutoMLJobsCommand({ NameContains: 'listed' }));
    expect(jobs.AutoMLJobSummaries).toMatchObject([{ AutoMLJobName: 'listed', AutoMLJobStatus: 'Completed' }]);
    const sorted = await fixture.sagemaker.send(
      new ListCandidatesForAutoMLJobCommand({
        AutoMLJobName: 'listed',
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: 'Descending',
      }),
    );
    const values = sorted.Candidates?.map((candidate) => candidate.FinalAutoMLJobObjectiveMetric?.Value ?? 0) ?? [];
    expect(values.length).toBeGreaterThan(1);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const { BestCandidate } = await fixture.autoMlJob('listed');
    expect(BestCandidate?.FinalAutoMLJobObjectiveMetric?.Value).toBe(values[0]);
  });

  it('shows each of its states', async () => {
    const seen = new Set<string | undefined>();
    for (const stage of [
      'Starting',
      'AnalyzingData',
      'FeatureEngineering',
      'ModelTuning',
      'GeneratingExplainabilityReport',
    ]) {
      fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage } } });
      if (stage === 'Starting') await create('states');
      const describe = () => fixture.sagemaker.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: 'states' }));
      await expect.poll(async () => (await describe()).AutoMLJobSecondaryStatus, { timeout: 30_000 }).toBe(stage);
      seen.add((await describe()).AutoMLJobStatus);
    }
    expect([...seen]).toEqual(['InProgress']);
    fixture.services.setFaults();
    await fixture.autoMlJob('states');
  });

  it('stops', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage: 'ModelTuning' } } });
    await create('stopped');
    await fixture.sagemaker.send(new StopAutoMLJobCommand({ AutoMLJobName: 'stopped' }));
    const job = await fixture.autoMlJob('stopped', 'Stopped');
    expect(job.AutoMLJobSecondaryStatus).toBe('Stopped');
    expect(await errorOf(fixture.sagemaker.send(new StopAutoMLJobCommand({ AutoMLJobName: 'stopped' })))).toMatchObject(
      {
        name: 'ValidationException',
      },
    );
  });

  it('fails when its time is up before there is a candidate', async () => {
    fixture.services.setFaults({ 'sagemaker-control': { hangAt: { stage: 'Starting' } } });
    const config = { TargetAttributeName: 'leaves', CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: 1 } };
    await create('late', { AutoMLProblemTypeConfig: { TabularJobConfig: config } });
    const { FailureReason } = await fixture.autoMlJob('late', 'Failed');
    expect(FailureReason).toContain('MaxAutoMLJobRuntimeInSeconds');
  });

  it('fails where a fault says so, with its reason', async () => {
    fixture.services.setFaults({
      'sagemaker-control': { failAt: { stage: 'FeatureEngineering', reason: 'AlgorithmError: out of luck' } },
    });
    await create('unlucky');
    const job = await fixture.autoMlJob('unlucky', 'Failed');
    expect(job).toMatchObject({ AutoMLJobSecondaryStatus: 'Failed', FailureReason: 'AlgorithmError: out of luck' });
    expect(job.BestCandidate).toBeUndefined();
  });

  it('fails when the learner refuses, without the data in its reason', async () => {
    await fixture.put('secret/1.csv', `a,leaves\n${'1,secret\n'.repeat(600)}`);
    const [channel] = autoMlRequest('x').AutoMLJobInputDataConfig ?? [];
    const DataSource = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/secret/' } } as const;
    await create('refused', { AutoMLJobInputDataConfig: [{ ...channel, DataSource }] });
    const { FailureReason = '' } = await fixture.autoMlJob('refused', 'Failed');
    expect(FailureReason).not.toBe('');
    expect(FailureReason).not.toContain('secret');
  });
});

describe('CreateAutoMLJobV2 refuses', () => {
  const tabular = (config: object) => ({
    AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'leaves', ...config } },
  });
  const at = (S3Uri: string) => ({
    AutoMLJobInputDataConfig: [
      { ChannelType: 'training', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } },
    ],
  });

  it.each([
    [
      'a name',
      { AutoMLJobName: 'under_score' },
      /^1 validation error detected: Value 'under_score' at 'autoMLJobName'/,
    ],
    ['a name of 33 letters', { AutoMLJobName: 'x'.repeat(33) }, /length less than or equal to 32/],
    ['a role', { RoleArn: 'arn:aws:iam::1:role/x' }, /'roleArn' failed to satisfy constraint/],
    ['a problem type without an objective', tabular({ ProblemType: 'Regression' }), /given together/],
    [
      'an objective of another problem',
      { ...tabular({ ProblemType: 'Regression' }), AutoMLJobObjective: { MetricName: 'F1' } },
      /Objective metric F1 is not valid for problem type Regression/,
    ],
    ['an unknown problem type', tabular({ ProblemType: 'Ranking' }), /enum value set: \[BinaryClassification/],
    ['a target that is not there', tabular({ TargetAttributeName: 'y' }), /^Target attribute name y does not exist/],
    ['a deployment', { ModelDeployConfig: { AutoGenerateEndpointName: true } }, /ModelDeployConfig is not supported/],
    ['another kind of job', { AutoMLProblemTypeConfig: {} }, /TabularJobConfig/],
    ['data that are not there', at('s3://data/nothing/'), /^No S3 objects found under S3 URL "s3:\/\/data\/nothing\/"/],
    ['a bucket that is not there', at('s3://nowhere/x'), /^No S3 objects found/],
    ['a URI that is none', at('ftp://data'), /regular expression pattern/],
    ['nothing at all', { AutoMLJobInputDataConfig: undefined, RoleArn: undefined }, /^2 validation errors detected/],
  ])('%s', async (_, changes, message) => {
    const error = await errorOf(create('refused-at-once', changes));
    expect(error).toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(error.message).toMatch(message);
  });

  it('a name that is taken, and where a quota is used up', async () => {
    await create('taken');
    expect(await errorOf(create('taken'))).toMatchObject({
      name: 'ResourceInUse',
      message: expect.stringContaining('must be unique within an AWS account and region'),
    });
    fixture.services.setFaults({ 'sagemaker-control': { limitExceeded: true } });
    expect(await errorOf(create('another'))).toMatchObject({ name: 'ResourceLimitExceeded' });
    const describe = fixture.sagemaker.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: 'another' }));
    expect(await errorOf(describe)).toMatchObject({ name: 'ResourceNotFound' });
    await fixture.autoMlJob('taken');
  });
});
