import { randomUUID } from 'node:crypto';
import type { CassetteOptions } from './cassette/cassette-options.js';
import { openBackend } from './cassette/open-backend.js';
import type { EndpointConfig } from './endpoints/endpoint.js';
import { FaultInjector } from './faults/fault-injector.js';
import type { Faults } from './faults/faults.js';
import { LocalBackend } from './local-backend.js';
import type { ModelConfig } from './models/model.js';
import { hash32, seededRandom } from './random.js';
import { RequestLog } from './request-log.js';
import type { SentimentFunction } from './sentiment/sentiment.js';
import { SERVICE_NAMES, type ServiceName } from './services/service-name.js';
import { listen } from './wire/listener.js';
import { RequestHandler } from './wire/request-handler.js';

export interface LocalServicesOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** What {@link LocalServices.environment} names as the region. Default us-east-1; requests of any region are served. */
  readonly region?: string;
  /** Computes sentiments. Default: by an English lexicon. */
  readonly sentiment?: SentimentFunction;
  /** SageMaker endpoints by name. There are none by default. */
  readonly endpoints?: Readonly<Record<string, EndpointConfig>>;
  /** Bedrock models by id, besides those that answer without configuration. */
  readonly models?: Readonly<Record<string, ModelConfig>>;
  /** Record real answers to a file, or replay them. */
  readonly cassette?: CassetteOptions;
  readonly faults?: Faults;
  /** What embeddings, forests and latencies start from. Default 1. */
  readonly seed?: number;
  /** What relative paths in `endpoints`, `models` and `cassette` start from. Default: the working directory. */
  readonly baseDirectory?: string;
}

export interface LocalServices {
  /** `http://127.0.0.1:<port>`: the endpoint URL of all three services. */
  readonly url: string;
  readonly port: number;
  /** For process.env, or the environment of another process: endpoint URLs, region, credentials that open nothing. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: RequestLog;
  resetRequests(): void;
  /** Replaces all faults and starts their counting anew; `{}` or nothing ends them. */
  setFaults(faults?: Faults): void;
  /** Stops the server. Connections are dropped. */
  close(): Promise<void>;
}

/**
 * Starts Amazon Comprehend, SageMaker Runtime and Bedrock Runtime on one local port.
 *
 * @throws Error when the port is taken or the configuration makes no sense
 * @example
 * const services = await startLocalServices({ endpoints: { total: 'sum' } });
 * Object.assign(process.env, services.environment);
 */
export async function startLocalServices(options: LocalServicesOptions = {}): Promise<LocalServices> {
  const { endpoints = {}, models = {}, seed = 1, baseDirectory = process.cwd() } = options;
  const local = new LocalBackend({ sentiment: options.sentiment, endpoints, models, baseDirectory, seed });
  const backend = await openBackend(options.cassette, local, baseDirectory);
  const requests = new RequestLog();
  const handler = new RequestHandler(backend, requests, injectors(options.faults ?? {}, seed), randomUUID);
  const listener = await listen(options.host ?? '127.0.0.1', options.port ?? 0, (request, response) => {
    void handler.handle(request, response);
  });
  const url = `http://${listener.host.includes(':') ? `[${listener.host}]` : listener.host}:${listener.port}`;
  return {
    url,
    port: listener.port,
    environment: environmentFor(url, options.region ?? 'us-east-1'),
    requests,
    resetRequests: () => requests.reset(),
    setFaults: (faults = {}) => handler.setInjectors(injectors(faults, seed)),
    close: async () => {
      await listener.close();
      await backend.close();
    },
  };
}

function injectors(faults: Faults, seed: number): Record<ServiceName, FaultInjector> {
  const injector = (service: ServiceName) =>
    new FaultInjector(service, faults[service] ?? {}, seededRandom(hash32(service, seed)));
  return { comprehend: injector('comprehend'), sagemaker: injector('sagemaker'), bedrock: injector('bedrock') };
}

function environmentFor(url: string, region: string): Record<string, string> {
  const variable: Record<ServiceName, string> = {
    comprehend: 'AWS_ENDPOINT_URL_COMPREHEND',
    sagemaker: 'AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME',
    bedrock: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  };
  return {
    ...Object.fromEntries(SERVICE_NAMES.map((service) => [variable[service], url])),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}
