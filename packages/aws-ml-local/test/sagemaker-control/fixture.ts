import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type AutoMLJobStatus,
  type CreateAutoMLJobV2Request,
  type CreateTrainingJobRequest,
  DescribeAutoMLJobV2Command,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { expect } from 'vitest';
import { type LocalServices, type LocalServicesOptions, startLocalServices } from '../../src/index.js';

export const ROLE = 'arn:aws:iam::111122223333:role/service-role/SageMaker';
export const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
export const LINEAR = '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1';
export const KMEANS = '382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1';

/** Long enough for a machine that is busy with other things. */
const PATIENCE = { timeout: 60_000, interval: 20 };

/** Local services with the clients of what training needs. */
export class TrainingFixture {
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly s3: S3Client;

  private constructor(readonly services: LocalServices) {
    const config = {
      endpoint: services.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    this.sagemaker = new SageMakerClient(config);
    this.runtime = new SageMakerRuntimeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  static async start(options: LocalServicesOptions = {}): Promise<TrainingFixture> {
    const fixture = new TrainingFixture(await startLocalServices(options));
    await fixture.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    return fixture;
  }

  async put(key: string, body: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: body }));
  }

  async putGzip(key: string, body: string, encoding: { ContentEncoding?: string } = {}): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: gzipSync(body), ...encoding }));
  }

  /** An object of bucket `data`, or by its URI. */
  async get(uri: string): Promise<Uint8Array> {
    const [, Bucket = 'data', Key = uri] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async autoMlJob(AutoMLJobName: string, status: AutoMLJobStatus = 'Completed') {
    const describe = () => this.sagemaker.send(new DescribeAutoMLJobV2Command({ AutoMLJobName }));
    await expect.poll(async () => (await describe()).AutoMLJobStatus, PATIENCE).not.toBe('InProgress');
    await expect.poll(async () => (await describe()).AutoMLJobStatus, PATIENCE).not.toBe('Stopping');
    const job = await describe();
    expect({ status: job.AutoMLJobStatus, reason: job.FailureReason }).toMatchObject({ status });
    return job;
  }

  async trainingJob(TrainingJobName: string, status = 'Completed') {
    const describe = () => this.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    await expect.poll(async () => (await describe()).TrainingJobStatus, PATIENCE).not.toMatch(/InProgress|Stopping/);
    const job = await describe();
    expect({ status: job.TrainingJobStatus, reason: job.FailureReason }).toMatchObject({ status });
    return job;
  }

  async endpoint(EndpointName: string, status = 'InService') {
    const describe = () => this.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    await expect.poll(async () => (await describe()).EndpointStatus, PATIENCE).not.toMatch(/Creating|Updating/);
    const endpoint = await describe();
    expect({ status: endpoint.EndpointStatus, reason: endpoint.FailureReason }).toMatchObject({ status });
    return endpoint;
  }

  async invoke(EndpointName: string, body: string, Accept?: string, ContentType = 'text/csv'): Promise<string> {
    const input = { EndpointName, Body: Buffer.from(body), ContentType, ...(Accept !== undefined && { Accept }) };
    const { Body } = await this.runtime.send(new InvokeEndpointCommand(input));
    return Buffer.from(Body ?? []).toString();
  }

  async close(): Promise<void> {
    for (const client of [this.sagemaker, this.runtime, this.s3]) client.destroy();
    await this.services.close();
  }
}

/** Numbers in [0, 1) that are the same every time. */
function* numbers(): Generator<number, never> {
  let state = 7;
  for (;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/** Customers who leave when they call often or pay much: two columns that tell, one that doesn't, some gaps. */
export function customers(count = 600, header = true): string {
  const random = numbers();
  const rows = Array.from({ length: count }, () => {
    const calls = Math.floor(random.next().value * 10);
    const charge = Math.round(random.next().value * 1000) / 10;
    const plan = ['basic', 'family', 'business'][Math.floor(random.next().value * 3)];
    const leaves = calls > 6 || charge > 80 ? 'True.' : 'False.';
    return `${calls},${random.next().value < 0.02 ? '' : charge},${plan},${leaves}`;
  });
  return `${header ? 'calls,charge,plan,leaves\n' : ''}${rows.join('\n')}\n`;
}

/** The same as the built-in algorithms want it: numbers alone, the label first, no header. */
export function numericCustomers(count = 600): string {
  const rows = customers(count, false).trim().split('\n');
  return rows
    .map((row) => row.split(','))
    .map(([calls, charge, , leaves]) => `${leaves === 'True.' ? 1 : 0},${calls},${charge === '' ? 0 : charge}\n`)
    .join('');
}

export function autoMlRequest(name: string, changes: Partial<CreateAutoMLJobV2Request> = {}): CreateAutoMLJobV2Request {
  return {
    AutoMLJobName: name,
    AutoMLJobInputDataConfig: [
      {
        ChannelType: 'training',
        ContentType: 'text/csv;header=present',
        CompressionType: 'None',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/customers/' } },
      },
    ],
    OutputDataConfig: { S3OutputPath: 's3://data/out' },
    AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'leaves' } },
    RoleArn: ROLE,
    ...changes,
  };
}

export function trainingRequest(
  name: string,
  TrainingImage: string,
  HyperParameters: Record<string, string>,
  changes: Partial<CreateTrainingJobRequest> = {},
): CreateTrainingJobRequest {
  return {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' },
    HyperParameters,
    RoleArn: ROLE,
    InputDataConfig: [
      {
        ChannelName: 'train',
        ContentType: 'text/csv',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/numeric/' } },
      },
    ],
    OutputDataConfig: { S3OutputPath: 's3://data/out/' },
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...changes,
  };
}
