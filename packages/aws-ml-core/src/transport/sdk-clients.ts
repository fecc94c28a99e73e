import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { ComprehendClient, ComprehendClientConfig } from '@aws-sdk/client-comprehend';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { observeAttempts } from './attempt-observer.js';
import { HttpAgent } from './http-agent.js';
import { HttpHandler } from './http-handler.js';
import type { SdkClient } from './sdk-command.js';
import { SdkSender } from './sdk-sender.js';

/** How to reach AWS. Everything left out is decided by the SDK's own default chains and environment variables. */
export interface ConnectionOptions {
  readonly region?: string | undefined;
  readonly credentials?: ComprehendClientConfig['credentials'] | undefined;
  /** Base URLs that replace the services' own; `AWS_ENDPOINT_URL_COMPREHEND` and so on do the same. */
  readonly endpoints?:
    | { readonly comprehend?: string; readonly sagemaker?: string; readonly bedrock?: string }
    | undefined;
  /**
   * HTTP requests for one request of the SDK, the first included. Default: the SDK's (AWS_MAX_ATTEMPTS, else 3).
   * Throttled ones count only while the service throttles everything; without this option, for 10 seconds.
   */
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
export interface LazySdk<Sdk> {
  get(): Promise<{ readonly sdk: Sdk; readonly sender: SdkSender }>;
  close(): void;
}

export type ComprehendModule = typeof import('@aws-sdk/client-comprehend');
export type SageMakerModule = typeof import('@aws-sdk/client-sagemaker-runtime');
export type BedrockModule = typeof import('@aws-sdk/client-bedrock-runtime');

export type ComprehendSdk = LazySdk<ComprehendModule>;
export type SageMakerSdk = LazySdk<SageMakerModule>;
export type BedrockSdk = LazySdk<BedrockModule>;

export interface SdkClients {
  readonly comprehend: ComprehendSdk;
  readonly sagemaker: SageMakerSdk;
  readonly bedrock: BedrockSdk;
}

export function createSdkClients(options: ConnectionOptions = {}): SdkClients {
  return {
    comprehend: lazySdk(
      () => import('@aws-sdk/client-comprehend'),
      (sdk, config) => new sdk.ComprehendClient(config),
      { options, service: 'comprehend' },
    ),
    sagemaker: lazySdk(
      () => import('@aws-sdk/client-sagemaker-runtime'),
      (sdk, config) => new sdk.SageMakerRuntimeClient(config),
      { options, service: 'sagemaker' },
    ),
    bedrock: lazySdk(
      () => import('@aws-sdk/client-bedrock-runtime'),
      (sdk, config) => new sdk.BedrockRuntimeClient(config),
      { options, service: 'bedrock' },
    ),
  };
}

type CommonConfig = Pick<
  BedrockRuntimeClientConfig,
  'region' | 'credentials' | 'endpoint' | 'maxAttempts' | 'retryMode' | 'requestHandler'
>;

function commonConfig(options: ConnectionOptions, service: ClientService): CommonConfig {
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

type ClientService = 'comprehend' | 'sagemaker' | 'bedrock';

function lazySdk<Sdk>(
  load: () => Promise<Sdk>,
  create: (sdk: Sdk, config: CommonConfig) => object,
  { options, service }: { readonly options: ConnectionOptions; readonly service: ClientService },
): LazySdk<Sdk> {
  const given = options.clients?.[service] as SdkClient | undefined;
  let loaded: Promise<{ sdk: Sdk; client: SdkClient; sender: SdkSender }> | undefined;
  const open = async () => {
    const sdk = await load();
    const agent = given === undefined ? await openAgent(options) : undefined;
    const client = given ?? (create(sdk, { ...commonConfig(options, service), ...requestsOver(agent) }) as SdkClient);
    observeAttempts(client);
    return { sdk, client, sender: new SdkSender(client, agent) };
  };
  return {
    get() {
      loaded ??= open();
      return loaded;
    },
    close() {
      if (given === undefined) loaded?.then(({ client }) => client.destroy()).catch(() => undefined);
    },
  };
}

/** The SDK's type of a request handler asks for more than its clients use. */
function requestsOver(agent: HttpAgent | undefined): Pick<CommonConfig, 'requestHandler'> {
  if (agent === undefined) return {};
  return { requestHandler: new HttpHandler(agent) as unknown as NonNullable<CommonConfig['requestHandler']> };
}

async function openAgent({ connectionTimeoutMs, requestTimeoutMs }: ConnectionOptions): Promise<HttpAgent> {
  return new HttpAgent(await import('undici'), {
    connectionTimeoutMs: connectionTimeoutMs ?? defaultConnectionTimeoutMs,
    requestTimeoutMs,
  });
}
