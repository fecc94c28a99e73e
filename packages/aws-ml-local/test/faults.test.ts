import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { BatchDetectSentimentCommand, DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListEndpointsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServices, ServiceFaults, ServiceName } from '../src/index.js';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

let fixture: Fixture;
let services: LocalServices;
beforeAll(async () => {
  fixture = await startFixture({ endpoints: { total: 'sum' } });
  services = fixture.services;
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await fixture.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'fine' }));
  services.resetRequests();
});
afterAll(() => fixture.close());
afterEach(() => {
  services.setFaults();
  services.resetRequests();
});

const calls = {
  comprehend: () => fixture.comprehend.send(new DetectSentimentCommand({ Text: 'fine', LanguageCode: 'en' })),
  sagemaker: () =>
    fixture.sagemaker.send(
      new InvokeEndpointCommand({ EndpointName: 'total', Body: Buffer.from('1\n2\n'), ContentType: 'text/csv' }),
    ),
  bedrock: () =>
    fixture.bedrock.send(
      new InvokeModelCommand({
        modelId: 'amazon.titan-embed-text-v1',
        body: '{"inputText":"x"}',
        contentType: 'application/json',
      }),
    ),
  s3: () => fixture.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' })),
  'sagemaker-control': () => fixture.control.send(new ListModelsCommand({})),
} as const satisfies Record<ServiceName, () => Promise<unknown>>;
const serviceNames = Object.keys(calls) as ServiceName[];
const THROTTLED: Record<ServiceName, [code: string, status: number]> = {
  comprehend: ['ThrottlingException', 400],
  sagemaker: ['ThrottlingException', 400],
  bedrock: ['ThrottlingException', 429],
  s3: ['SlowDown', 503],
  'sagemaker-control': ['ThrottlingException', 400],
};
const DENIED: Record<ServiceName, [code: string, status: number]> = {
  comprehend: ['AccessDeniedException', 400],
  sagemaker: ['AccessDeniedException', 403],
  bedrock: ['AccessDeniedException', 403],
  s3: ['AccessDenied', 403],
  'sagemaker-control': ['AccessDeniedException', 400],
};
const setFault = (service: ServiceName, faults: ServiceFaults) => services.setFaults({ [service]: faults });

describe.each(serviceNames)('faults of %s', (service) => {
  const call = calls[service];

  it.each<[string, ServiceFaults]>([
    ['throttling', { throttle: 1 }],
    ['an internal error', { serverError: 1 }],
    ['unavailability', { unavailable: 1 }],
    ['a reset connection', { reset: 1 }],
  ])('the SDK gets over %s', async (_, faults) => {
    setFault(service, faults);
    const answer = await call();
    expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
    expect(services.requests.counters(service)).toMatchObject({ requests: 2, errors: 1 });
  });

  it.each<[string, ServiceFaults, string, number]>([
    ['throttling', { throttle: true }, ...THROTTLED[service]],
    ['denied access', { accessDenied: true }, ...DENIED[service]],
    ['any error', { error: { code: 'ModelNotReadyException', status: 429 } }, 'ModelNotReadyException', 429],
  ])('the SDK reports lasting %s', async (_, faults, name, httpStatusCode) => {
    setFault(service, faults);
    expect(await errorOf(call())).toMatchObject({ name, $metadata: { httpStatusCode } });
    const { requests, errors, throttles } = services.requests.counters(service);
    expect(errors).toBe(requests);
    expect(throttles).toBe(name === THROTTLED[service][0] ? requests : 0);
  });

  it('waits', async () => {
    setFault(service, { latencyMs: [40, 60] });
    const startedAt = performance.now();
    await call();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
    expect(services.requests.entries[0]?.latencyMs).toBeGreaterThanOrEqual(39);
  });

  it('strikes every n-th request', async () => {
    setFault(service, { throttle: { every: 3 } });
    for (let sent = 0; sent < 3; sent += 1) await call();
    expect(services.requests.entries.map(({ status }) => status === 200)).toEqual([true, true, false, true]);
  });

  // How many of the retries come late enough is the SDK's dice; what was served in the meantime isn't.
  it('throttles above a rate', async () => {
    setFault(service, { throttle: { perSecond: 1 } });
    const outcomes = await Promise.allSettled([call(), call(), call()]);
    const { requests, throttles } = services.requests.counters(service);
    expect(throttles).toBeGreaterThanOrEqual(2);
    expect(requests - throttles).toBe(outcomes.filter(({ status }) => status === 'fulfilled').length);
    expect(requests).toBeGreaterThan(throttles);
  });

  it('throttles above a concurrency, and counts what is in flight', async () => {
    setFault(service, { maxConcurrency: 2, latencyMs: 60 });
    const outcomes = await Promise.allSettled([call(), call(), call()]);
    const { requests, throttles, maxInFlight } = services.requests.counters(service);
    expect(maxInFlight).toBe(3);
    expect(throttles).toBeGreaterThan(0);
    expect(requests - throttles).toBe(outcomes.filter(({ status }) => status === 'fulfilled').length);
    expect(requests - throttles).toBeGreaterThanOrEqual(2);
  });

  it('leaves the other services alone', async () => {
    setFault(service, { accessDenied: true });
    for (const other of serviceNames.filter((name) => name !== service)) await calls[other]();
  });
});

describe('faults of an operation', () => {
  it('strike and count its requests alone', async () => {
    setFault('sagemaker-control', { error: { code: 'Busy', status: 400, operation: 'ListModels', first: 1 } });
    const list = () => fixture.control.send(new ListEndpointsCommand({}));
    await list();
    expect((await errorOf(calls['sagemaker-control']())).name).toBe('Busy');
    await calls['sagemaker-control']();
    setFault('sagemaker-control', { reset: { operation: 'ListEndpoints', first: 1 } });
    await calls['sagemaker-control']();
    expect((await list()).$metadata.attempts).toBe(2);
  });
});

describe('a client that goes away', () => {
  it.each(serviceNames)('is not waited for: %s', async (service) => {
    services.setFaults({ [service]: { latencyMs: 600_000 } });
    const controller = new AbortController();
    const pending = {
      comprehend: () =>
        fixture.comprehend.send(new DetectSentimentCommand({ Text: 'x', LanguageCode: 'en' }), {
          abortSignal: controller.signal,
        }),
      sagemaker: () =>
        fixture.sagemaker.send(new InvokeEndpointCommand({ EndpointName: 'total', Body: Buffer.from('1') }), {
          abortSignal: controller.signal,
        }),
      bedrock: () =>
        fixture.bedrock.send(new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v1', body: '{}' }), {
          abortSignal: controller.signal,
        }),
      s3: () =>
        fixture.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }), { abortSignal: controller.signal }),
      'sagemaker-control': () => fixture.control.send(new ListModelsCommand({}), { abortSignal: controller.signal }),
    }[service]();
    setTimeout(() => controller.abort(), 50);
    expect((await errorOf(pending)).name).toBe('AbortError');
    await expect.poll(() => services.requests.entries).toMatchObject([{ service, status: 0 }]);
  });
});

describe('bodies', () => {
  const batch = (...TextList: string[]) =>
    fixture.comprehend.send(new BatchDetectSentimentCommand({ TextList, LanguageCode: 'en' }));

  it('cuts JSON short', async () => {
    services.setFaults({ comprehend: { malformed: true } });
    expect((await errorOf(calls.comprehend())).name).toBe('SyntaxError');
  });

  it('fails single documents', async () => {
    services.setFaults({ comprehend: { documentErrors: { matching: 'bad', first: 1 } } });
    const answer = await batch('good', 'bad', 'bad again');
    expect(answer.ErrorList).toMatchObject([{ Index: 1, ErrorCode: 'INTERNAL_SERVER_ERROR' }]);
    expect(answer.ResultList?.map(({ Index }) => Index)).toEqual([0, 2]);
    expect((await batch('bad')).ErrorList).toEqual([]);
  });

  it('fails the request where the document is all of it', async () => {
    services.setFaults({
      comprehend: { documentErrors: { errorCode: 'UNSUPPORTED_LANGUAGE', errorMessage: 'not this one' } },
    });
    expect(await errorOf(calls.comprehend())).toMatchObject({
      name: 'UnsupportedLanguageException',
      message: 'not this one',
    });
  });

  it.each([
    [1, '1\n2\n1\n'],
    [-1, '1\n'],
    [-5, ''],
  ])('answers %i rows too many', async (delta, expected) => {
    services.setFaults({ sagemaker: { wrongRows: { delta } } });
    expect(Buffer.from((await calls.sagemaker()).Body ?? []).toString()).toBe(expected);
  });
});

describe('a truncated body', () => {
  it.each(serviceNames)('of %s is not taken for a whole one', async (service) => {
    services.setFaults({ [service]: { truncate: true } });
    const readWhole = async () => {
      const answer = (await calls[service]()) as { Body?: Uint8Array | Readable; body?: Uint8Array };
      if (answer.Body instanceof Readable) return (await buffer(answer.Body)).length;
      return Buffer.from(answer.Body ?? answer.body ?? []).length;
    };
    await expect(readWhole()).rejects.toThrow();
  });
});
