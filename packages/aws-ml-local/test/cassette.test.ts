import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { BatchDetectSentimentCommand, DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CassetteOptions, type LocalServices, startLocalServices } from '../src/index.js';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

// Another local server stands for AWS: the recorder reaches it by the real SDK clients, as it would AWS.
let aws: LocalServices;
let directory: string;
let path: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-ml-local-'));
  path = join(directory, 'recorded', 'answers.jsonl');
  aws = await startLocalServices({
    endpoints: { total: 'sum', joined: { builtIn: 'sum', layout: 'comma-separated' } },
    models: { bytes: { respond: () => Buffer.from([0xff, 0x00]) } },
    faults: { comprehend: { documentErrors: { matching: 'unlucky', first: 1 } } },
  });
});
afterAll(async () => {
  await aws.close();
  await rm(directory, { recursive: true });
});

const record = (): CassetteOptions => ({
  mode: 'record',
  path,
  upstream: {
    region: 'us-east-1',
    credentials: { accessKeyId: 'upstream', secretAccessKey: 'upstream' },
    endpoints: { comprehend: aws.url, sagemaker: aws.url, bedrock: aws.url },
  },
});

async function withCassette<T>(cassette: CassetteOptions, run: (fixture: Fixture) => Promise<T>): Promise<T> {
  const fixture = await startFixture({ cassette });
  try {
    return await run(fixture);
  } finally {
    await fixture.close();
  }
}

const sentiments = async ({ comprehend }: Fixture, ...TextList: string[]) => {
  const answer = await comprehend.send(new BatchDetectSentimentCommand({ TextList, LanguageCode: 'en' }));
  return { results: answer.ResultList, errors: answer.ErrorList };
};
const predict = async ({ sagemaker }: Fixture, EndpointName: string, Body: string) => {
  const input = { EndpointName, Body: Buffer.from(Body), ContentType: 'text/csv', Accept: 'text/csv' };
  return Buffer.from((await sagemaker.send(new InvokeEndpointCommand(input))).Body ?? []).toString();
};
const model = async ({ bedrock }: Fixture, modelId: string, body: string) =>
  Buffer.from((await bedrock.send(new InvokeModelCommand({ modelId, body, contentType: 'application/json' }))).body);

describe('a cassette', () => {
  it('records from upstream and replays without it, in other batches', async () => {
    const recorded = await withCassette(record(), async (fixture) => ({
      sentiments: await sentiments(fixture, 'a great secret', 'an awful secret'),
      total: await predict(fixture, 'total', '1,2\n3,4\n'),
      joined: await predict(fixture, 'joined', '1\n2\n'),
      model: await model(fixture, 'amazon.titan-embed-text-v1', '{"inputText":"secret","x":1}'),
      bytes: await model(fixture, 'bytes', 'secret'),
    }));
    const sent = aws.requests.total();
    const file = await readFile(path, 'utf8');
    expect(file).not.toContain('secret');

    await withCassette({ mode: 'replay', path }, async (fixture) => {
      const [great, awful] = recorded.sentiments.results ?? [];
      const turned = await sentiments(fixture, 'an awful secret', 'a great secret');
      expect(turned.results).toEqual([
        { ...awful, Index: 0 },
        { ...great, Index: 1 },
      ]);
      const single = await fixture.comprehend.send(
        new DetectSentimentCommand({ Text: 'a great secret', LanguageCode: 'en' }),
      );
      expect(single.SentimentScore).toEqual(great?.SentimentScore);
      expect(await predict(fixture, 'total', '3,"4"\n')).toBe('7\n');
      expect(await predict(fixture, 'joined', '1\n2\n')).toBe(recorded.joined);
      expect(await model(fixture, 'amazon.titan-embed-text-v1', '{ "x": 1, "inputText": "secret" }')).toEqual(
        recorded.model,
      );
      expect(await model(fixture, 'bytes', 'secret')).toEqual(Buffer.from([0xff, 0x00]));
    });
    expect(aws.requests.total()).toBe(sent);
  });

  it('asks upstream only for what it does not hold', async () => {
    aws.resetRequests();
    await withCassette(record(), async (fixture) => {
      await sentiments(fixture, 'a great secret', 'something new', 'an awful secret');
      await predict(fixture, 'total', '1,2\n');
    });
    expect(aws.requests.entries).toMatchObject([{ operation: 'BatchDetectSentiment', batchSize: 1 }]);
  });

  describe('started with endpoints in the environment', () => {
    const path = () => join(directory, 'by-environment.jsonl');
    const credentials = { accessKeyId: 'upstream', secretAccessKey: 'upstream' };
    const recording = (): CassetteOptions => ({
      mode: 'record',
      path: path(),
      upstream: { region: 'us-east-1', credentials },
    });
    afterEach(() => vi.unstubAllEnvs());

    it.each([
      ['AWS_ENDPOINT_URL_COMPREHEND', 'AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
      ['AWS_ENDPOINT_URL'],
    ])('records from them: %s', async (...variables) => {
      aws.resetRequests();
      for (const variable of variables) vi.stubEnv(variable, aws.url);
      await rm(path(), { force: true });
      await withCassette(recording(), async (fixture) => {
        await sentiments(fixture, 'recorded by the environment');
        await predict(fixture, 'total', '5,6\n');
        await model(fixture, 'amazon.titan-embed-text-v1', '{"inputText":"recorded"}');
      });
      expect(aws.requests.total()).toBe(3);
    });

    it('does not record from local services, whose environment it is', async () => {
      for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
      await expect(startLocalServices({ cassette: { ...recording(), upstream: {} } })).rejects.toThrow(
        /AWS_ENDPOINT_URL_COMPREHEND and AWS_ACCESS_KEY_ID are those of local services/,
      );
    });
  });

  it('does not record documents that failed', async () => {
    await withCassette(record(), async (fixture) => {
      const first = await sentiments(fixture, 'unlucky', 'lucky');
      expect(first.errors).toMatchObject([{ Index: 0, ErrorCode: 'INTERNAL_SERVER_ERROR' }]);
      const second = await sentiments(fixture, 'unlucky', 'lucky');
      expect(second.errors).toEqual([]);
      expect(second.results).toHaveLength(2);
    });
  });

  it("passes upstream's errors on", async () => {
    const error = await withCassette(record(), (fixture) => errorOf(predict(fixture, 'nope', '1')));
    expect(error).toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400 } });
  });

  it('names the key of a miss, not the text, and is not retried', async () => {
    await withCassette({ mode: 'replay', path }, async (fixture) => {
      const calls = [
        ['InvalidRequestException', sentiments(fixture, 'a great secret', 'unheard of', 'nor this')],
        ['ValidationError', predict(fixture, 'total', '1,2\nunheard of,1')],
        ['ValidationException', model(fixture, 'anthropic.claude-v2', '{"prompt":"unheard of"}')],
      ] as const;
      for (const [name, call] of calls) {
        const error = await errorOf(call);
        expect(error).toMatchObject({ name, $metadata: { httpStatusCode: 400, attempts: 1 } });
        expect(error.message).toMatch(/key [0-9a-f]{64}/);
        expect(error.message).not.toContain('unheard');
      }
      expect(fixture.services.requests.counters()).toMatchObject({ requests: 3, errors: 3 });
    });
  });

  it('can be for one service alone', async () => {
    await withCassette({ mode: 'replay', path, services: ['bedrock'] }, async (fixture) => {
      expect((await sentiments(fixture, 'never recorded')).results).toHaveLength(1);
      expect((await errorOf(model(fixture, 'amazon.titan-embed-text-v1', '{"inputText":"y"}'))).message).toMatch(/key/);
    });
  });

  it('must be there to be replayed, and be a cassette', async () => {
    const other = join(directory, 'other.jsonl');
    await expect(startLocalServices({ cassette: { mode: 'replay', path: other } })).rejects.toThrow(/no cassette at/);
    await writeFile(other, '{"some":"json"}\n');
    await expect(startLocalServices({ cassette: { mode: 'replay', path: other } })).rejects.toThrow(/is no cassette/);
    await writeFile(other, `${JSON.stringify({ cassette: 'aws-ml-local', version: 1 })}\n{broken\n`);
    await expect(startLocalServices({ cassette: { mode: 'replay', path: other } })).rejects.toThrow(/line 2: not JSON/);
  });
});
