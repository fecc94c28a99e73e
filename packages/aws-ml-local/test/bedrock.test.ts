import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocalServices } from '../src/index.js';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({
    models: {
      'own.text': { text: (prompt) => prompt.toUpperCase(), family: 'llama' },
      'own.embed': { embed: () => [1, 2, 3] },
      'own.respond': { respond: (body, { accept }) => ({ length: body.length, accept }) },
      'own.plain': { respond: (body) => body.slice(0, 3) },
      'own.recorded': { recorded: [{ request: { a: 1, b: 2 }, response: { answer: 'two' } }] },
      'own.constant': { recorded: [{ response: { answer: 'always' } }] },
      'own.family': 'titan-text',
      'own.broken': {
        respond: () => {
          throw new Error('secret input');
        },
      },
    },
  });
});
afterAll(() => fixture.close());
beforeEach(() => fixture.services.resetRequests());

const send = (modelId: string, body: unknown, contentType = 'application/json', accept = 'application/json') =>
  fixture.bedrock.send(
    new InvokeModelCommand({
      modelId,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      contentType,
      accept,
    }),
  );
const invoke = async (modelId: string, body: unknown) =>
  JSON.parse((await send(modelId, body)).body.transformToString());

const prompt = '\n\nHuman: Rooms were clean. The clean rooms were quiet rooms. Breakfast was late.\n\nAssistant:';

describe('InvokeModel, text', () => {
  it.each([
    [
      'anthropic.claude-v2',
      { prompt, max_tokens_to_sample: 100 },
      { type: 'completion', completion: expect.stringMatching(/rooms/), stop_reason: 'stop_sequence' },
    ],
    [
      'anthropic.claude-3-haiku-20240307-v1:0',
      { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: [{ role: 'user', content: prompt }] },
      {
        id: expect.stringMatching(/^msg_bdrk_/),
        type: 'message',
        role: 'assistant',
        model: 'claude-3-haiku-20240307',
        content: [{ type: 'text', text: expect.stringMatching(/rooms/) }],
        stop_reason: 'end_turn',
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      },
    ],
    [
      'amazon.titan-text-express-v1',
      { inputText: prompt },
      {
        inputTextTokenCount: expect.any(Number),
        results: [
          { outputText: expect.stringMatching(/rooms/), completionReason: 'FINISH', tokenCount: expect.any(Number) },
        ],
      },
    ],
    [
      'amazon.nova-lite-v1:0',
      { messages: [{ role: 'user', content: [{ text: prompt }] }] },
      {
        output: { message: { role: 'assistant', content: [{ text: expect.stringMatching(/rooms/) }] } },
        stopReason: 'end_turn',
      },
    ],
    ['meta.llama3-8b-instruct-v1:0', { prompt }, { generation: expect.stringMatching(/rooms/), stop_reason: 'stop' }],
    ['mistral.mistral-7b-instruct-v0:2', { prompt }, { outputs: [{ text: expect.any(String), stop_reason: 'stop' }] }],
    ['cohere.command-r-v1:0', { message: prompt }, { text: expect.any(String), finish_reason: 'COMPLETE' }],
    ['cohere.command-text-v14', { prompt }, { generations: [{ text: expect.any(String), finish_reason: 'COMPLETE' }] }],
    ['own.text', { prompt: 'loud' }, { generation: 'LOUD' }],
    ['own.family', { inputText: prompt }, { results: [{ completionReason: 'FINISH' }] }],
  ])('%s answers in its shape, the same every time', async (modelId, body, shape) => {
    const answer = await invoke(modelId, body);
    expect(answer).toMatchObject(shape);
    expect(await invoke(modelId, body)).toEqual(answer);
  });

  it('stops at the token limit', async () => {
    expect(await invoke('anthropic.claude-v2', { prompt, max_tokens_to_sample: 2 })).toMatchObject({
      stop_reason: 'max_tokens',
    });
    expect(
      await invoke('amazon.titan-text-lite-v1', { inputText: prompt, textGenerationConfig: { maxTokenCount: 2 } }),
    ).toMatchObject({ results: [{ completionReason: 'LENGTH' }] });
  });

  it('finds a model by ARN and by inference profile', async () => {
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const ids = [
      'us.anthropic.claude-3-5-sonnet-20241022-v2:0',
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0',
    ];
    for (const id of ids) expect(await invoke(id, body)).toMatchObject({ model: 'claude-3-5-sonnet-20241022' });
    expect(fixture.services.requests.entries.map(({ target }) => target)).toEqual(ids);
  });
});

describe('InvokeModel, embeddings', () => {
  const titan = async (inputText: string) =>
    (await invoke('amazon.titan-embed-text-v1', { inputText })).embedding as number[];
  const cosine = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

  it('answers in Titan shapes', async () => {
    const v1 = await invoke('amazon.titan-embed-text-v1', { inputText: 'PostgreSQL I/O monitoring views' });
    expect(v1).toEqual({ embedding: expect.any(Array), inputTextTokenCount: expect.any(Number) });
    expect(v1.embedding).toHaveLength(1536);
    const v2 = await invoke('amazon.titan-embed-text-v2:0', { inputText: 'x', dimensions: 256 });
    expect(v2.embedding).toHaveLength(256);
    expect(v2.embeddingsByType.float).toEqual(v2.embedding);
    const binary = await invoke('amazon.titan-embed-text-v2:0', { inputText: 'x', embeddingTypes: ['binary'] });
    expect(binary.embedding).toBeUndefined();
    expect(new Set(binary.embeddingsByType.binary)).toEqual(new Set([0, 1]));
  });

  it('answers in Cohere shapes', async () => {
    const body = { texts: ['a', 'b'], input_type: 'search_document' };
    const plain = await invoke('cohere.embed-english-v3', body);
    expect(plain.embeddings.map((vector: number[]) => vector.length)).toEqual([1024, 1024]);
    expect(plain).toMatchObject({ response_type: 'embeddings_floats', texts: ['a', 'b'] });
    const typed = await invoke('cohere.embed-english-v3', { ...body, embedding_types: ['float'] });
    expect(typed.embeddings.float).toEqual(plain.embeddings);
  });

  it('gives similar texts similar vectors of length 1', async () => {
    const base = await titan('The hotel room was clean and quiet');
    const alike = await titan('A clean and quiet hotel room');
    const unlike = await titan('Invoice 4711 is overdue since March');
    expect(cosine(base, base)).toBeCloseTo(1, 5);
    expect(cosine(base, alike)).toBeGreaterThan(0.6);
    expect(Math.abs(cosine(base, unlike))).toBeLessThan(0.2);
  });

  it('takes an embedding function', async () => {
    expect(await invoke('own.embed', { inputText: 'x' })).toMatchObject({ embedding: [1, 2, 3] });
  });
});

describe('InvokeModel, configured answers', () => {
  it('responds, records and defaults as configured', async () => {
    expect(await invoke('own.respond', 'anything')).toEqual({ length: 8, accept: 'application/json' });
    expect(await invoke('own.recorded', { b: 2, a: 1 })).toEqual({ answer: 'two' });
    expect(await invoke('own.constant', 'not json')).toEqual({ answer: 'always' });
    const plain = await send('own.plain', 'abcdef', 'text/plain', 'text/plain');
    expect([plain.contentType, plain.body.transformToString()]).toEqual(['text/plain', 'abc']);
  });

  it.each([
    ['an unknown model', 'nope', '{}', 'ValidationException', /provided model identifier is invalid/],
    ['a body that is not JSON', 'anthropic.claude-v2', 'secret', 'ValidationException', /^Malformed input request/],
    [
      'a missing member',
      'amazon.titan-embed-text-v1',
      '{}',
      'ValidationException',
      /required key \[inputText\] not found/,
    ],
    ['an unrecorded request', 'own.recorded', '{"a":3}', 'ValidationException', /no recorded answer/],
    ['a failing function', 'own.broken', '{}', 'ModelErrorException', /failed/],
  ])('refuses %s', async (_, modelId, body, name, message) => {
    const error = await errorOf(send(modelId, body));
    expect(error).toMatchObject({ name, $metadata: { attempts: 1 } });
    expect(error.$metadata.httpStatusCode).toBe(name === 'ModelErrorException' ? 424 : 400);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
  });

  it('refuses a configuration without a known kind or family', async () => {
    await expect(startLocalServices({ models: { x: {} as never } })).rejects.toThrow(/model x: expected text/);
    await expect(startLocalServices({ models: { x: { text: true } } })).rejects.toThrow(/model x: family/);
    await expect(startLocalServices({ models: { x: 'nope' as never } })).rejects.toThrow(/no family is called nope/);
  });
});
