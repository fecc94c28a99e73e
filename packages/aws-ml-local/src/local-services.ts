import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { openBackend } from './cassette/open-backend.js';
import { FaultInjector } from './faults/fault-injector.js';
import type { Faults } from './faults/faults.js';
import { LocalBackend } from './local-backend.js';
import { checkFaults, checkLocalOptions, type LocalServicesOptions } from './local-options.js';
import { openObjectStore } from './objects/open-object-store.js';
import { hash32, seededRandom } from './random.js';
import { RequestLog } from './request-log.js';
import { ControlPlane } from './sagemaker/control-plane.js';
import { ENDPOINT_VARIABLES, LOCAL_ACCESS_KEY, SERVICE_NAMES, type ServiceName } from './services/service-name.js';
import { listen } from './wire/listener.js';
import { protocols } from './wire/protocols.js';
import { RequestHandler } from './wire/request-handler.js';

export interface LocalServices {
  /** `http://127.0.0.1:<port>`: the endpoint URL of all services. */
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
 * Starts Amazon Comprehend, SageMaker Runtime, Bedrock Runtime and S3 on one local port.
 *
 * @throws ConfigurationError for options that cannot be meant as they are; Error when the port is taken
 * @example
 * const services = await startLocalServices({ endpoints: { total: 'sum' } });
 * Object.assign(process.env, services.environment);
 */
export async function startLocalServices(options: LocalServicesOptions = {}): Promise<LocalServices> {
  checkLocalOptions(options);
  const { endpoints = {}, models = {}, seed = 1, baseDirectory = process.cwd() } = options;
  const region = options.region ?? 'us-east-1';
  let faults = injectors(options.faults ?? {}, seed);
  const objects = await openObjectStore({ data: options.data, buckets: options.buckets ?? [], baseDirectory });
  const control = await ControlPlane.open({
    region,
    store: objects,
    rules: {
      delayMs: options.jobDelayMs ?? 0,
      atStage: (operation, stage) => faults['sagemaker-control'].atStage(operation, stage),
    },
    configured: Object.keys(endpoints),
    // No bucket can be called that, whose folders are beside it.
    stateFile: options.data === undefined ? undefined : resolve(baseDirectory, options.data, '.sagemaker.json'),
  });
  const hosted = (name: string) => control.endpoint(name);
  const local = new LocalBackend({ sentiment: options.sentiment, endpoints, hosted, models, baseDirectory, seed });
  const backend = await openBackend(options.cassette, local, baseDirectory);
  const requests = new RequestLog();
  const handler = new RequestHandler(protocols(objects, control, region), backend, requests, faults, randomUUID);
  const listener = await listen(options.host ?? '127.0.0.1', options.port ?? 0, (request, response) => {
    void handler.handle(request, response);
  });
  const url = `http://${listener.host.includes(':') ? `[${listener.host}]` : listener.host}:${listener.port}`;
  return {
    url,
    port: listener.port,
    environment: environmentFor(url, region),
    requests,
    resetRequests: () => requests.reset(),
    setFaults: (given = {}) => {
      checkFaults(given);
      faults = injectors(given, seed);
      handler.setInjectors(faults);
      control.faultsChanged();
    },
    close: async () => {
      await listener.close();
      await control.close();
      await backend.close();
    },
  };
}

function injectors(faults: Faults, seed: number): Record<ServiceName, FaultInjector> {
  const injector = (service: ServiceName) =>
    new FaultInjector(service, faults[service] ?? {}, seededRandom(hash32(service, seed)));
  const all = SERVICE_NAMES.map((service) => [service, injector(service)] as const);
  return Object.fromEntries(all) as Record<ServiceName, FaultInjector>;
}

function environmentFor(url: string, region: string): Record<string, string> {
  return {
    ...Object.fromEntries(SERVICE_NAMES.map((service) => [ENDPOINT_VARIABLES[service], url])),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: LOCAL_ACCESS_KEY,
  };
}
