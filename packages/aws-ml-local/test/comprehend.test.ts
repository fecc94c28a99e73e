import { BatchDetectSentimentCommand, DetectSentimentCommand, type LanguageCode } from '@aws-sdk/client-comprehend';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.services.resetRequests());

const detect = (Text: string, LanguageCode: LanguageCode = 'en') =>
  fixture.comprehend.send(new DetectSentimentCommand({ Text, LanguageCode }));
const batch = (TextList: string[], LanguageCode: LanguageCode = 'en') =>
  fixture.comprehend.send(new BatchDetectSentimentCommand({ TextList, LanguageCode }));

describe('Comprehend', () => {
  it('detects the sentiment of one document', async () => {
    const answer = await detect('Thank you for the excellent customer support!');
    expect(answer.Sentiment).toBe('POSITIVE');
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const { Positive = 0, Negative = 0, Neutral = 0, Mixed = 0 } = answer.SentimentScore ?? {};
    expect(Positive + Negative + Neutral + Mixed).toBeCloseTo(1, 9);
  });

  it('detects sentiments in a batch, by index', async () => {
    const answer = await batch(['This is great', 'café 😀 "q", \n line', 'It was awful']);
    expect(answer.ErrorList).toEqual([]);
    expect(answer.ResultList?.map(({ Index, Sentiment }) => [Index, Sentiment])).toEqual([
      [0, 'POSITIVE'],
      [1, 'POSITIVE'],
      [2, 'NEGATIVE'],
    ]);
    expect(fixture.services.requests.entries).toMatchObject([
      { service: 'comprehend', operation: 'BatchDetectSentiment', target: 'en', batchSize: 3, status: 200 },
    ]);
  });

  it('takes 25 documents of 5000 bytes', async () => {
    const answer = await batch(Array.from({ length: 25 }, () => 'é'.repeat(2500)));
    expect(answer.ResultList).toHaveLength(25);
  });

  it('puts documents that are too long on the error list', async () => {
    const answer = await batch(['good', 'é'.repeat(2501), 'bad']);
    expect(answer.ResultList?.map(({ Index }) => Index)).toEqual([0, 2]);
    expect(answer.ErrorList).toMatchObject([{ Index: 1, ErrorCode: 'TEXT_SIZE_LIMIT_EXCEEDED' }]);
    expect(answer.ErrorList?.[0]?.ErrorMessage).toContain('5002 bytes');
  });

  it.each([
    ['26 documents', () => batch(Array(26).fill('x')), 'BatchSizeLimitExceededException'],
    ['no document', () => batch([]), 'ValidationException'],
    ['an empty document', () => batch(['a', '']), 'ValidationException'],
    ['an empty text', () => detect(''), 'ValidationException'],
    ['a text that is too long', () => detect('x'.repeat(5001)), 'TextSizeLimitExceededException'],
    ['an unknown language', () => detect('x', 'xx' as LanguageCode), 'UnsupportedLanguageException'],
  ] as const)('answers %s as AWS does', async (_, call, code) => {
    const error = await errorOf(call());
    expect(error.name).toBe(code);
    expect(error.$metadata).toMatchObject({ httpStatusCode: 400, attempts: 1 });
    expect(error.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not know other operations', async () => {
    const response = await fetch(fixture.services.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'Comprehend_20171127.DetectEntities',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-date': '20250101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/comprehend/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });
});

describe('a sentiment function', () => {
  it('decides instead of the lexicon', async () => {
    const own = await startFixture({ sentiment: (text, language) => (text === language ? 'MIXED' : 'NEUTRAL') });
    try {
      const answer = await own.comprehend.send(
        new BatchDetectSentimentCommand({ TextList: ['fr', 'en'], LanguageCode: 'fr' }),
      );
      expect(answer.ResultList?.map(({ Sentiment }) => Sentiment)).toEqual(['MIXED', 'NEUTRAL']);
      expect(answer.ResultList?.[0]?.SentimentScore?.Mixed).toBeGreaterThan(0.9);
    } finally {
      await own.close();
    }
  });
});
