import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Faults, type LocalServices, startLocalServices } from '../src/index.js';
import { pythonWithBoto3 } from './python-with-boto3.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const execute = promisify(execFile);

describe.skipIf(pythonWithBoto3 === undefined)('boto3', () => {
  let services: LocalServices;
  beforeAll(async () => {
    services = await startLocalServices({
      endpoints: { total: 'sum' },
      models: {
        'amazon.nova-lite-v1:0': { refuses: 'on-demand' },
        'amazon.nova-pro-v1:0': { refuses: 'access' },
        'amazon.titan-embed-image-v1': { refuses: 'tokens' },
        'anthropic.claude-v2:1': { refuses: 'end-of-life' },
      },
    });
  });
  afterAll(() => services.close());
  afterEach(() => {
    services.setFaults();
    services.resetRequests();
  });
  const check = () =>
    execute(pythonWithBoto3 ?? '', [path('boto3-check.py'), services.url, path('boto3-models')], { encoding: 'utf8' });

  it('cannot tell the services from AWS', async () => {
    const { stdout } = await check();
    expect(stdout.match(/^ok /gm)).toHaveLength(25);
  });

  it.each<[string, Faults]>([
    ['throttling', { comprehend: { throttle: 1 }, sagemaker: { throttle: 1 }, bedrock: { throttle: 1 } }],
    ['internal errors', { comprehend: { serverError: 1 }, sagemaker: { serverError: 1 }, bedrock: { serverError: 1 } }],
    [
      'a gateway that is down',
      {
        comprehend: { gateway: { status: 503, first: 1 } },
        sagemaker: { gateway: { status: 503, first: 1 } },
        bedrock: { gateway: { status: 503, first: 1 } },
      },
    ],
    ['resets', { comprehend: { reset: 1 }, sagemaker: { reset: 1 }, bedrock: { reset: 1 } }],
  ])('retries %s', async (_, faults) => {
    services.setFaults(faults);
    await check();
    for (const service of ['comprehend', 'sagemaker', 'bedrock'] as const) {
      const [first] = services.requests.entries.filter((entry) => entry.service === service);
      expect(first?.status).not.toBe(200);
    }
  });
});
