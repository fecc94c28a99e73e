import { afterAll, beforeAll } from 'vitest';
import { createServices, type MlServices } from '../src/functions/create-services.js';
import type { MlFunctionName } from '../src/ml-functions.js';
import type { InvokeOutcome } from '../src/ml-service.js';
import type { RequestReport } from '../src/observer.js';
import { reportsTo } from './reports.js';
import { credentials, WireServer } from './wire-server.js';

/** Starts a scripted server and the services against it, for the tests of one file. */
export function serviceFixture() {
  const server = new WireServer();
  let services: MlServices;
  beforeAll(async () => {
    await server.start();
    const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
    services = createServices({ region: 'us-east-1', credentials, endpoints, maxAttempts: 2 });
  });
  afterAll(async () => {
    for (const service of Object.values(services)) service.close();
    await server.close();
  });

  const targetOf = (targetArguments: readonly (string | null)[]) => ({
    arguments: targetArguments,
    name: targetArguments[0] ?? '',
  });
  return {
    server,
    /** Encodes the calls' arguments and invokes them as one batch. */
    async invoke(name: MlFunctionName, calls: readonly (readonly (string | null)[])[]) {
      const service = services[name];
      const target = targetOf(service.targetPositions.map((position) => calls[0]?.[position] ?? null));
      const reports: RequestReport[] = [];
      const outcomes: InvokeOutcome[] = await service.invokeBatch(
        calls.map((callArguments) => service.encodeInput(callArguments)),
        { target, observer: reportsTo(reports) },
      );
      return { outcomes, reports };
    },
    refuse(name: MlFunctionName, callArguments: readonly (string | null)[]) {
      const service = services[name];
      const target = targetOf(service.targetPositions.map((position) => callArguments[position] ?? null));
      return service.refuse(service.encodeInput(callArguments), target);
    },
  };
}
