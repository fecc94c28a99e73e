import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { ComprehendClient } from '@aws-sdk/client-comprehend';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type LocalServices, type LocalServicesOptions, startLocalServices } from '../src/index.js';

export interface Fixture {
  readonly services: LocalServices;
  readonly comprehend: ComprehendClient;
  readonly sagemaker: SageMakerRuntimeClient;
  readonly bedrock: BedrockRuntimeClient;
  readonly s3: S3Client;
  readonly control: SageMakerClient;
  close(): Promise<void>;
}

/** Local services with the real SDK clients against them, retrying as they do by default but without long waits. */
export async function startFixture(options: LocalServicesOptions = {}, maxAttempts = 3): Promise<Fixture> {
  const services = await startLocalServices(options);
  const config = {
    endpoint: services.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
  };
  const comprehend = new ComprehendClient(config);
  const sagemaker = new SageMakerRuntimeClient(config);
  const bedrock = new BedrockRuntimeClient(config);
  const s3 = new S3Client(config);
  const control = new SageMakerClient(config);
  return {
    services,
    comprehend,
    sagemaker,
    bedrock,
    s3,
    control,
    async close() {
      for (const client of [comprehend, sagemaker, bedrock, s3, control]) client.destroy();
      await services.close();
    },
  };
}

export interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
}

/** The error an SDK call fails with; fails itself when the call succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('the call succeeded');
}
