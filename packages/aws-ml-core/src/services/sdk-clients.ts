import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { ComprehendClient, ComprehendClientConfig } from '@aws-sdk/client-comprehend';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { observeAttempts } from './attempt-observer.js';

/** How to reach AWS. Everything left out is decided by the SDK's own default chains and environment variables. */
export interface ConnectionOptions {
  readonly region?: string | undefined;
  readonly credentials?: ComprehendClientConfig['credentials'] | undefined;
  /** Base URLs that replace the services' own; `AWS_ENDPOINT_URL_COMPREHEND` and so on do the same. */
  readonly endpoints?:
    | { readonly comprehend?: string; readonly sagemaker?: string; readonly bedrock?: string }
    | undefined;
  /** HTTP requests for one request of the SDK, the first included. Default: the SDK's (AWS_MAX_ATTEMPTS, else 3). */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds to establish a connection. Default 10,000. */
  readonly connectionTimeoutMs?: number | undefined;
  /** Milliseconds for an answer. Default: no bound but the service's own; the statement's signal ends a call any time. */
  readonly requestTimeoutMs?: number | undefined;
  /** Clients to use instead of new ones. They are not closed by us. */
  readonly clients?:
    | {
        readonly comprehend?: ComprehendClient;
        readonly sagemaker?: SageMakerRuntimeClient;
        readonly bedrock?: BedrockRuntimeClient;
      }
    | undefined;
}

/** An SDK client with its module, loaded and made when first needed: an application pays only for what it calls. */
export interface LazySdk<Sdk, Client> {
  get(): Promise<{ readonly sdk: Sdk; readonly client: Client }>;
  close(): void;
}

export type ComprehendSdk = LazySdk<typeof import('@aws-sdk/client-comprehend'), ComprehendClient>;
export type SageMakerSdk = LazySdk<typeof import('@aws-sdk/client-sagemaker-runtime'), SageMakerRuntimeClient>;
export type BedrockSdk = LazySdk<typeof import('@aws-sdk/client-bedrock-runtime'), BedrockRuntimeClient>;

export interface SdkClients {
  readonly comprehend: ComprehendSdk;
  readonly sagemaker: SageMakerSdk;
  readonly bedrock: BedrockSdk;
}

export function createSdkClients(options: ConnectionOptions = {}): SdkClients {
  return {
    comprehend: lazySdk(
      () => import('@aws-sdk/client-comprehend'),
      (sdk) =>
        new sdk.ComprehendClient({ ...commonConfig(options, 'comprehend'), requestHandler: httpOptions(options) }),
      options.clients?.comprehend,
    ),
    sagemaker: lazySdk(
      () => import('@aws-sdk/client-sagemaker-runtime'),
      (sdk) =>
        new sdk.SageMakerRuntimeClient({
          ...commonConfig(options, 'sagemaker'),
          requestHandler: httpOptions(options),
        }),
      options.clients?.sagemaker,
    ),
    bedrock: lazySdk(
      () => import('@aws-sdk/client-bedrock-runtime'),
      async (sdk) => {
        // Over the client's own HTTP/2, one broken connection fails every request in flight, and all are sent again.
        const { NodeHttpHandler } = await import('@smithy/node-http-handler');
        const requestHandler = new NodeHttpHandler(httpOptions(options));
        return new sdk.BedrockRuntimeClient({ ...commonConfig(options, 'bedrock'), requestHandler });
      },
      options.clients?.bedrock,
    ),
  };
}

type CommonConfig = Pick<
  BedrockRuntimeClientConfig,
  'region' | 'credentials' | 'endpoint' | 'maxAttempts' | 'retryMode'
>;

function commonConfig(options: ConnectionOptions, service: 'comprehend' | 'sagemaker' | 'bedrock'): CommonConfig {
  const endpoint = options.endpoints?.[service];
  return {
    // The adaptive mode's own rate limiter would fight with our bound on concurrency.
    retryMode: 'standard',
    ...(options.region !== undefined && { region: options.region }),
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    ...(endpoint !== undefined && { endpoint }),
    ...(options.maxAttempts !== undefined && { maxAttempts: options.maxAttempts }),
  };
}

const defaultConnectionTimeoutMs = 10_000;

function httpOptions(options: ConnectionOptions) {
  // The lanes bound the requests; a bound on sockets would only hide requests in a second queue.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  return {
    connectionTimeout: options.connectionTimeoutMs ?? defaultConnectionTimeoutMs,
    ...(options.requestTimeoutMs !== undefined && {
      requestTimeout: options.requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
    httpAgent: agent,
    httpsAgent: agent,
  };
}

interface Closable {
  destroy(): void;
}

function lazySdk<Sdk, Client extends Closable>(
  load: () => Promise<Sdk>,
  create: (sdk: Sdk) => Client | Promise<Client>,
  given: Client | undefined,
): LazySdk<Sdk, Client> {
  let loaded: Promise<{ sdk: Sdk; client: Client }> | undefined;
  return {
    get() {
      loaded ??= load().then(async (sdk) => {
        const client = given ?? (await create(sdk));
        observeAttempts(client);
        return { sdk, client };
      });
      return loaded;
    },
    close() {
      if (given === undefined) loaded?.then(({ client }) => client.destroy()).catch(() => undefined);
    },
  };
}
