import { ComprehendClient, DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import type { LocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServices } from './support/services.js';

describe('the local services', () => {
  let services: LocalServices;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(() => services?.close());

  it('are found by an SDK client through the environment alone', async () => {
    const comprehend = new ComprehendClient();
    const command = new DetectSentimentCommand({ Text: 'What a wonderful hotel, I loved it', LanguageCode: 'en' });
    expect(await comprehend.send(command)).toMatchObject({ Sentiment: 'POSITIVE' });
    comprehend.destroy();
  });
});
