import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ComprehendClient } from '@aws-sdk/client-comprehend';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { baseUrl, positiveNumber, regionName } from 'aws-ml-options';
import * as v from 'valibot';
import { type FlowOptions, flowOptions } from './flow-options.js';

/** Keys of AWS, as the SDK's identities have them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** An identity of the AWS SDK, or a provider of such identities. */
export type CredentialsOption = AwsCredentials | ((properties?: Record<string, unknown>) => Promise<AwsCredentials>);

function isCredentials(value: unknown): boolean {
  if (typeof value === 'function') return true;
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Partial<AwsCredentials>;
  return typeof accessKeyId === 'string' && typeof secretAccessKey === 'string';
}

/** How to reach AWS. Everything left out is decided by the SDK's own default chains and environment variables. */
export const addressOptions = v.strictObject({
  /** AWS region of all services. Default: the SDK's own chain (`AWS_REGION`, the shared config file, …). */
  region: v.optional(regionName()),
  /**
   * An AWS SDK credential identity or provider. Default: the SDK's own chain (environment, profile, SSO, the role of the
   * container or machine).
   */
  credentials: v.optional(
    v.custom<CredentialsOption>(
      isCredentials,
      'an object whose accessKeyId and secretAccessKey are strings, or a function that provides one',
    ),
  ),
  /** Base URLs in place of AWS's. Default: the SDK's own (`AWS_ENDPOINT_URL_COMPREHEND`, …). */
  endpoints: v.optional(
    v.strictObject(
      {
        /** Of Comprehend. */
        comprehend: v.optional(baseUrl()),
        /** Of SageMaker Runtime. */
        sagemaker: v.optional(baseUrl()),
        /** Of Bedrock Runtime. */
        bedrock: v.optional(baseUrl()),
        /** Of S3. */
        s3: v.optional(baseUrl()),
        /** Of SageMaker's control plane, which trains and deploys models. */
        training: v.optional(baseUrl()),
      },
      'an object of base URLs, such as { comprehend: "http://localhost:4566" }',
    ),
  ),
});

export interface AddressOptions extends Readonly<v.InferInput<typeof addressOptions>> {}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const client = <Client>(service: string) =>
  v.optional(v.custom<Client>(isObject, `a client of ${service} from the AWS SDK`));

export const clientOptions = v.strictObject({
  /** Milliseconds to establish a connection. Default 10,000. */
  connectionTimeoutMs: v.optional(positiveNumber()),
  /** Milliseconds for an answer. Default: no bound but the service's own; the statement's signal ends a call any time. */
  requestTimeoutMs: v.optional(positiveNumber()),
  /** Clients to use instead of new ones. They are not closed by us. */
  clients: v.optional(
    v.strictObject({
      comprehend: client<ComprehendClient>('Comprehend'),
      sagemaker: client<SageMakerRuntimeClient>('SageMaker Runtime'),
      bedrock: client<BedrockRuntimeClient>('Bedrock Runtime'),
      // Its package may not be installed, and so there may be no type.
      s3: client<object>('S3'),
    }),
  ),
});

export interface ClientOptions extends Readonly<v.InferInput<typeof clientOptions>> {}

export const connectionOptions = v.strictObject({
  ...addressOptions.entries,
  ...clientOptions.entries,
  maxAttempts: flowOptions.entries.maxAttempts,
});

export interface ConnectionOptions extends AddressOptions, ClientOptions, Pick<FlowOptions, 'maxAttempts'> {}
