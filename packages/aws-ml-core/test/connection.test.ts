import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createServices } from '../src/functions/create-services.js';
import { WireServer } from './wire-server.js';

const server = new WireServer();
beforeAll(() => server.start());
afterAll(() => server.close());
beforeEach(() => {
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENVIRONMENT');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  server.script(() => ({ body: '{"embedding":[1]}' }));
});
afterEach(() => vi.unstubAllEnvs());

const target = { arguments: ['m', 'a/b', 'a/b'], name: 'm' };

describe('the SDK’s own configuration', () => {
  it('finds endpoint, region and credentials in the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', server.url);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const service = createServices()['aws_bedrock.invoke_model'];
    expect(await service.invokeBatch(['{}'], { target })).toEqual([['{"embedding":[1]}']]);
    expect(server.requests[0]?.headers.authorization).toMatch(
      /Credential=AKIDENVIRONMENT\/\d+\/eu-central-1\/bedrock\//,
    );
    service.close();
  });

  it('is complete or gives a CONFIGURATION error', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    const service = createServices({ endpoints: { bedrock: server.url } })['aws_bedrock.invoke_model'];
    const [error] = await service.invokeBatch(['{}'], { target });
    expect(error).toMatchObject({ code: 'CONFIGURATION', hint: expect.stringContaining('AWS_REGION') });
    expect(server.requests).toHaveLength(0);
    service.close();
  });

  it('gives way to maxAttempts and timeouts that are set', async () => {
    server.script(() => ({ body: '{}', delayMs: 5_000 }));
    const options = { region: 'us-east-1', endpoints: { bedrock: server.url }, maxAttempts: 2, requestTimeoutMs: 50 };
    const service = createServices(options)['aws_bedrock.invoke_model'];
    const [error] = await service.invokeBatch(['{}'], { target });
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, attempts: 2 });
    expect(server.requests).toHaveLength(2);
    service.close();
  });
});

describe('the connections', () => {
  it('are kept and used again', async () => {
    const service = createServices({ region: 'us-east-1', endpoints: { bedrock: server.url } })[
      'aws_bedrock.invoke_model'
    ];
    for (let index = 0; index < 5; index += 1) await service.invokeBatch([`{${index}}`], { target });
    expect(server.connections).toBe(1);
    service.close();
    await expect.poll(() => server.openConnections).toBe(0);
  });
});
