import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({
    models: {
      'own.text': { text: (prompt) => `${prompt}!`, family: 'llama' },
      'own.respond': { respond: () => ({}) },
      'amazon.nova-lite-v1:0': { refuses: 'on-demand' },
      'own.broken': {
        text: () => {
          throw new Error('secret input');
        },
        family: 'llama',
      },
    },
  });
});
afterAll(() => fixture.close());

const user = (...texts: string[]) => ({ role: 'user' as const, content: texts.map((text) => ({ text })) });
const send = (modelId: string, input: Omit<ConverseCommandInput, 'modelId'>) =>
  fixture.bedrock.send(new ConverseCommand({ modelId, ...input }));

describe('Converse', () => {
  it('answers by the local text models, in one shape for all', async () => {
    const text = 'Rooms were clean. The clean rooms were quiet rooms. Breakfast was late.';
    for (const modelId of [
      'us.anthropic.claude-3-5-sonnet-20241022-v2:0',
      'anthropic.claude-v2',
      'us.amazon.nova-lite-v1:0',
      'amazon.titan-text-express-v1',
      'meta.llama3-8b-instruct-v1:0',
      'cohere.command-r-v1:0',
    ]) {
      const answer = await send(modelId, { messages: [user(text)] });
      expect(answer).toMatchObject({
        output: { message: { role: 'assistant', content: [{ text: expect.stringMatching(/rooms/) }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
        metrics: { latencyMs: expect.any(Number) },
      });
      expect(answer.usage?.totalTokens).toBe((answer.usage?.inputTokens ?? 0) + (answer.usage?.outputTokens ?? 0));
    }
    expect(fixture.services.requests.entries[0]).toMatchObject({ operation: 'Converse', status: 200 });
  });

  it('reads the system prompt and all turns', async () => {
    const messages = [user('a'), { role: 'assistant' as const, content: [{ text: 'b' }] }, user('c', 'd')];
    const { output } = await send('own.text', {
      system: [{ text: 'be brief' }],
      messages,
      additionalModelRequestFields: { top_k: 5 },
    });
    expect(output?.message?.content).toEqual([{ text: 'be brief\na\nb\nc\nd!' }]);
  });

  it('stops at the token limit and at a stop sequence', async () => {
    const messages = [user('one two three four five')];
    expect(await send('own.text', { messages, inferenceConfig: { maxTokens: 2 } })).toMatchObject({
      stopReason: 'max_tokens',
      output: { message: { content: [{ text: 'one two' }] } },
    });
    expect(await send('own.text', { messages, inferenceConfig: { stopSequences: [' five', ' three'] } })).toMatchObject(
      {
        stopReason: 'stop_sequence',
        output: { message: { content: [{ text: 'one two' }] } },
      },
    );
  });

  it.each<[string, string, Omit<ConverseCommandInput, 'modelId'>, RegExp]>([
    ['no message', 'own.text', { messages: [] }, /must start with a user message/],
    [
      'two users in a row',
      'own.text',
      { messages: [user('a'), user('b')] },
      /must alternate between user and assistant/,
    ],
    ['a blank text', 'own.text', { messages: [user(' ')] }, /ContentBlock object at messages\.0\.content\.0 is blank/],
    ['an empty message', 'own.text', { messages: [user()] }, /Message object at messages\.0 is empty/],
    [
      'an image',
      'own.text',
      { messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: new Uint8Array() } } }] }] },
      /doesn't support the image field/,
    ],
    [
      'a temperature of 2',
      'own.text',
      { messages: [user('a')], inferenceConfig: { temperature: 2 } },
      /^1 validation error detected: Value '2' at 'inferenceConfig\.temperature' failed to satisfy constraint/,
    ],
    [
      'a system prompt',
      'amazon.titan-text-lite-v1',
      { messages: [user('a')], system: [{ text: 'b' }] },
      /doesn't support system messages/,
    ],
    ['an embedding model', 'amazon.titan-embed-text-v1', { messages: [user('a')] }, /doesn't support the model/],
    ['answers that are given', 'own.respond', { messages: [user('a')] }, /doesn't support the model/],
    ['an unknown model', 'nope', { messages: [user('a')] }, /model identifier is invalid/],
    ['no inference profile', 'amazon.nova-lite-v1:0', { messages: [user('a')] }, /inference profile/],
  ])('refuses %s', async (_, modelId, input, message) => {
    const error = await errorOf(send(modelId, input));
    expect(error).toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(error.message).toMatch(message);
  });

  it('does not repeat what a function throws', async () => {
    const error = await errorOf(send('own.broken', { messages: [user('a')] }));
    expect(error).toMatchObject({ name: 'ModelErrorException' });
    expect(error.message).not.toContain('secret');
  });

  it('is recorded and replayed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'converse-'));
    const path = join(directory, 'answers.jsonl');
    const upstream = {
      region: 'us-east-1',
      credentials: { accessKeyId: 'recorder', secretAccessKey: 'recorder' },
      endpoints: { bedrock: fixture.services.url },
    };
    const ask = (of: Fixture, text: string) =>
      of.bedrock.send(new ConverseCommand({ modelId: 'own.text', messages: [user(text)] }));
    const recording = await startFixture({ cassette: { mode: 'record', path, upstream } });
    const recorded = await ask(recording, 'hello').finally(() => recording.close());
    const replaying = await startFixture({ cassette: { mode: 'replay', path } }, 1);
    try {
      expect((await ask(replaying, 'hello')).output).toEqual(recorded.output);
      expect((await errorOf(ask(replaying, 'unheard'))).message).toContain('no answer to Converse');
    } finally {
      await replaying.close();
      await rm(directory, { recursive: true });
    }
  });
});
