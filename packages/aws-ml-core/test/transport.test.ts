import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServices } from '../src/functions/create-services.js';
import type { FailedAttempt, RequestReport } from '../src/observer.js';
import type { ConnectionOptions } from '../src/options/connection-options.js';
import type { SdkClient, SdkCommand } from '../src/transport/sdk-command.js';
import { prepareOperation } from '../src/transport/signed-operation.js';
import { reportsTo } from './reports.js';
import { awsError, credentials, WireServer } from './wire-server.js';

const server = new WireServer();
beforeAll(() => server.start());
afterAll(() => server.close());
beforeEach(() => server.script((request) => ({ body: request.body })));

const region = 'us-east-1';
const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/a.b-v1:0';
const target = { arguments: [arn, 'text/plain', null], name: arn };

function modelOf(options: ConnectionOptions = {}) {
  const endpoints = { bedrock: server.url };
  return createServices({ region, credentials, endpoints, ...options })['aws_bedrock.invoke_model'];
}

/** What is new in every request, or between client and server alone, left out. */
const own = /^(authorization|amz-sdk-.*|x-amz-date|connection)$/;
const shared = (headers: object = {}) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));

describe('a request without the SDK’s middleware', () => {
  it('is the same to the service as one of a client that the application brings', async () => {
    const client = new SageMakerRuntimeClient({ region, credentials, endpoint: server.url });
    let sentByClient = 0;
    client.middlewareStack.add((next) => (args) => {
      sentByClient += 1;
      return next(args);
    });
    for (const options of [{ endpoints: { sagemaker: server.url } }, { clients: { sagemaker: client } }]) {
      const service = createServices({ region, credentials, ...options })['aws_sagemaker.invoke_endpoint'];
      const endpoint = { arguments: ['my-endpoint'], name: 'my-endpoint' };
      expect(await service.invokeBatch(['1', '2'], { target: endpoint })).toEqual([['1'], ['2']]);
      service.close();
    }
    expect(sentByClient).toBe(1);
    const [ours, theirs] = server.requests;
    expect({ ...ours, headers: shared(ours?.headers) }).toEqual({
      ...theirs,
      number: 1,
      headers: { ...shared(theirs?.headers), 'user-agent': expect.stringMatching(/^aws-sdk-js\//) },
    });
    client.destroy();
  });

  it('is left to the SDK where that signs in a way that we do not know', async () => {
    const command = () => new InvokeEndpointCommand({ EndpointName: 'e', Body: 'x' }) as unknown as SdkCommand;
    const client = new SageMakerRuntimeClient({ region, credentials, endpoint: server.url });
    expect(await prepareOperation(client as unknown as SdkClient, command())).toBeDefined();
    client.middlewareStack.remove('httpSigningMiddleware');
    expect(await prepareOperation(client as unknown as SdkClient, command())).toBeUndefined();
    client.destroy();
  });

  it('writes names into the path as the SDK does', async () => {
    const service = modelOf();
    await service.invokeBatch(['{}'], { target });
    expect(server.requests[0]?.target).toBe(arn);
    service.close();
  });

  it('is signed with credentials that are renewed when they expire', async () => {
    let issued = 0;
    const provider = async () => {
      issued += 1;
      return {
        ...credentials,
        accessKeyId: `AKID${issued}`,
        sessionToken: `token${issued}`,
        expiration: new Date(Date.now() + (issued === 1 ? 1_000 : 3_600_000)),
      };
    };
    const service = modelOf({ credentials: provider });
    for (const input of ['1', '2', '3']) await service.invokeBatch([input], { target });
    const last = server.requests.at(-1);
    expect(last?.headers.authorization).toMatch(new RegExp(`Credential=AKID${issued}/`));
    expect(last?.headers['x-amz-security-token']).toBe(`token${issued}`);
    expect(issued).toBeGreaterThan(1);
    expect(issued).toBeLessThan(4);
    service.close();
  });

  it('of another target is prepared anew', async () => {
    const service = modelOf();
    for (const name of ['a', 'b', 'a']) {
      await service.invokeBatch(['{}'], { target: { arguments: [name, null, null], name } });
    }
    expect(server.requests.map((request) => request.target)).toEqual(['a', 'b', 'a']);
    service.close();
  });

  it('hands a failure to the SDK as its first attempt', async () => {
    server.script((request) =>
      request.number < 3 ? awsError(503, 'ServiceUnavailableException', 'later') : { body: 'ok' },
    );
    const service = modelOf({ maxAttempts: 3 });
    const reports: RequestReport[] = [];
    const retries: FailedAttempt[] = [];
    const outcomes = await service.invokeBatch(['x'], { target, observer: reportsTo(reports, retries) });
    expect(outcomes).toEqual([['ok']]);
    expect(server.requests).toHaveLength(3);
    expect(reports).toMatchObject([{ attempts: 3 }]);
    expect(retries).toEqual([1, 2].map((attempts) => ({ code: 'SERVICE_UNAVAILABLE', attempts })));
    service.close();
  });

  it('takes no more connections than there are requests at once', async () => {
    const service = modelOf();
    server.script((request) => ({ body: request.body, delayMs: 5 }));
    const worker = async () => {
      for (let n = 0; n < 5; n += 1) await service.invokeBatch(['x'], { target });
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(server.connections).toBe(3);
    service.close();
  });
});
