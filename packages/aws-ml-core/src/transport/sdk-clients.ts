import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { ConnectionOptions } from '../options/connection-options.js';
import { observeAttempts } from './attempt-observer.js';
import { HttpAgent } from './http-agent.js';
import { HttpHandler } from './http-handler.js';
import type { SdkClient } from './sdk-command.js';
import { SdkSender } from './sdk-sender.js';

/** An SDK client with its module, loaded and made when first needed: an application pays only for what it calls. */
export interface LazySdk<Sdk> {
  get(): Promise<{ readonly sdk: Sdk; readonly sender: SdkSender }>;
  close(): void;
}

export type ComprehendModule = typeof import('#sdk/comprehend');
export type SageMakerModule = typeof import('#sdk/sagemaker');
export type BedrockModule = typeof import('#sdk/bedrock');

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
      () => import('#sdk/comprehend'),
      (sdk, config) => new sdk.ComprehendClient(config),
      { options, service: 'comprehend' },
    ),
    sagemaker: lazySdk(
      () => import('#sdk/sagemaker'),
      (sdk, config) => new sdk.SageMakerRuntimeClient(config),
      { options, service: 'sagemaker' },
    ),
    bedrock: lazySdk(
      () => import('#sdk/bedrock'),
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

/** Its client alone: fetch, web sockets and the rest take twice as long to load. No promise of undici's keeps the file. */
async function loadUndici(): Promise<Pick<typeof import('undici'), 'Client'>> {
  try {
    // @ts-expect-error: without types of its own
    const { default: Client } = await import('undici/lib/dispatcher/client.js');
    return { Client };
  } catch {
    return import('undici');
  }
}

async function openAgent({ connectionTimeoutMs, requestTimeoutMs }: ConnectionOptions): Promise<HttpAgent> {
  return new HttpAgent(await loadUndici(), {
    connectionTimeoutMs: connectionTimeoutMs ?? defaultConnectionTimeoutMs,
    requestTimeoutMs,
  });
}
