import { describe, expect, it } from 'vitest';
import { serviceFixture } from './service-fixture.js';
import { awsError, type WireRequest } from './wire-server.js';

const name = 'aws_comprehend.detect_sentiment';
const scores = { Positive: 0.1, Negative: 0.2, Neutral: 0.3, Mixed: 0.4 };
const { server, invoke, refuse } = serviceFixture();

const textsOf = (request: WireRequest) => (JSON.parse(request.body) as { TextList: string[] }).TextList;
const english = (texts: readonly string[]) => texts.map((text) => [text, 'en']);

/** Answers each document by its text: a sentiment, an error code, or nothing. */
function answerBy(outcomeOf: (text: string, request: WireRequest) => string | undefined) {
  return (request: WireRequest) => {
    const ResultList: object[] = [];
    const ErrorList: object[] = [];
    textsOf(request).forEach((text, Index) => {
      const outcome = outcomeOf(text, request);
      if (outcome === undefined) return;
      if (outcome in { POSITIVE: 1, NEGATIVE: 1, NEUTRAL: 1, MIXED: 1 }) {
        ResultList.push({ Index, Sentiment: outcome, SentimentScore: scores });
      } else ErrorList.push({ Index, ErrorCode: outcome, ErrorMessage: `about "${text}"` });
    });
    return { body: JSON.stringify({ ResultList, ErrorList }) };
  };
}

describe('detect_sentiment', () => {
  it('sends one language and all texts in one BatchDetectSentiment', async () => {
    server.script(answerBy(() => 'POSITIVE'));
    await invoke(name, [
      ['un', 'fr'],
      ['deux', 'fr'],
    ]);
    expect(server.requests.map((request) => request.operation)).toEqual(['BatchDetectSentiment']);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ LanguageCode: 'fr', TextList: ['un', 'deux'] });
  });

  it('sends a single text by DetectSentiment', async () => {
    server.script(() => ({ body: JSON.stringify({ Sentiment: 'NEUTRAL', SentimentScore: scores }) }));
    expect((await invoke(name, english(['one']))).outcomes).toEqual([['NEUTRAL', '0.3']]);
    expect(server.requests[0]?.operation).toBe('DetectSentiment');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ LanguageCode: 'en', Text: 'one' });
  });

  it("gives the winning class's score as the confidence", async () => {
    server.script(answerBy((text) => text));
    const { outcomes } = await invoke(name, english(['MIXED', 'NEUTRAL', 'NEGATIVE', 'POSITIVE']));
    expect(outcomes).toEqual([
      ['MIXED', '0.4'],
      ['NEUTRAL', '0.3'],
      ['NEGATIVE', '0.2'],
      ['POSITIVE', '0.1'],
    ]);
  });

  it('gives the documents of the ErrorList their own errors, by Index', async () => {
    server.script(
      answerBy((text) =>
        text === 'long' ? 'TEXT_SIZE_LIMIT_EXCEEDED' : text === 'odd' ? 'SOMETHING_NEW' : 'POSITIVE',
      ),
    );
    const { outcomes } = await invoke(name, english(['a', 'long', 'b', 'odd']));
    expect(outcomes).toMatchObject([
      ['POSITIVE', '0.1'],
      { code: 'TEXT_TOO_LONG', awsErrorCode: 'TEXT_SIZE_LIMIT_EXCEEDED', requestId: 'request-1' },
      ['POSITIVE', '0.1'],
      { code: 'INVALID_INPUT', awsErrorCode: 'SOMETHING_NEW' },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('sends only the documents with an internal error again', async () => {
    server.script(
      answerBy((text, request) =>
        text.startsWith('x') && request.number === 1 ? 'INTERNAL_SERVER_ERROR' : 'POSITIVE',
      ),
    );
    const { outcomes, reports } = await invoke(name, english(['a', 'x1', 'b', 'x2']));
    expect(outcomes).toEqual(new Array(4).fill(['POSITIVE', '0.1']));
    expect(server.requests.map(textsOf)).toEqual([
      ['a', 'x1', 'b', 'x2'],
      ['x1', 'x2'],
    ]);
    expect(reports.map((report) => report.resend)).toEqual([false, true]);
  });

  it('gives up on a document after three requests', async () => {
    server.script(answerBy((text) => (text === 'x' ? 'INTERNAL_SERVER_ERROR' : 'POSITIVE')));
    const { outcomes } = await invoke(name, english(['a', 'x']));
    expect(outcomes).toMatchObject([['POSITIVE', '0.1'], { code: 'SERVICE_UNAVAILABLE', retryable: true }]);
    expect(server.requests.map(textsOf)).toEqual([['a', 'x'], ['x'], ['x']]);
  });

  it('keeps the results it has when sending again fails', async () => {
    const answer = answerBy((text) => (text === 'x' ? 'INTERNAL_SERVER_ERROR' : 'POSITIVE'));
    server.script((request) => (request.number === 1 ? answer(request) : awsError(400, 'AccessDeniedException', '')));
    const { outcomes } = await invoke(name, english(['a', 'x']));
    expect(outcomes).toMatchObject([['POSITIVE', '0.1'], { code: 'ACCESS_DENIED' }]);
  });

  it('reports documents that the answer leaves out or answers in part', async () => {
    server.script((request) => ({
      body: JSON.stringify({
        ErrorList: [{ Index: 99, ErrorCode: 'INTERNAL_SERVER_ERROR' }, { ErrorCode: 'X' }],
        ResultList: [
          { Index: 0, Sentiment: 'POSITIVE', SentimentScore: scores },
          { Index: 1, Sentiment: 'POSITIVE' },
          { Index: 2, Sentiment: 'ANGRY', SentimentScore: scores },
          { Index: textsOf(request).length, Sentiment: 'POSITIVE', SentimentScore: scores },
        ],
      }),
    }));
    const { outcomes } = await invoke(name, english(['a', 'b', 'c', 'd']));
    const unusable = { code: 'INVALID_RESPONSE', requestId: 'request-1' };
    expect(outcomes).toMatchObject([['POSITIVE', '0.1'], unusable, unusable, unusable]);
  });

  it('halves a batch that the service finds too large', async () => {
    const answer = answerBy(() => 'POSITIVE');
    server.script((request) =>
      textsOf(request).length > 2
        ? awsError(400, 'BatchSizeLimitExceededException', 'Batch size exceeds the limit')
        : answer(request),
    );
    const { outcomes } = await invoke(name, english(['a', 'b', 'c', 'd']));
    expect(outcomes).toEqual(new Array(4).fill(['POSITIVE', '0.1']));
    expect(server.requests.map(textsOf)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('names an unsupported language, but no text in its place', async () => {
    server.script(() => awsError(400, 'UnsupportedLanguageException', 'Unsupported language code'));
    const [named] = (await invoke(name, [['x', 'xx']])).outcomes;
    expect(named).toMatchObject({
      code: 'UNSUPPORTED_LANGUAGE',
      target: 'xx',
      message: `${name}: Amazon Comprehend does not support language "xx"`,
    });
    const [unnamed] = (await invoke(name, [['en', 'My name is Bob']])).outcomes;
    expect(unnamed).toMatchObject({
      code: 'UNSUPPORTED_LANGUAGE',
      target: undefined,
      message: `${name}: Amazon Comprehend does not support the language`,
    });
  });

  it('refuses an empty text and one over 5,000 UTF-8 bytes without a request', () => {
    expect(refuse(name, ['', 'en'])).toMatchObject({
      code: 'INVALID_INPUT',
      awsErrorCode: 'ValidationException',
      sqlState: '38000',
    });
    expect(refuse(name, ['é'.repeat(2_501), 'en'])).toMatchObject({
      code: 'TEXT_TOO_LONG',
      awsErrorCode: 'TextSizeLimitExceededException',
      detail: 'input_text has 5002 bytes. AWS error TextSizeLimitExceededException.',
    });
    expect(refuse(name, ['é'.repeat(2_500), 'en'])).toBeUndefined();
    expect(refuse(name, ['x'.repeat(5_001), 'en'])).toMatchObject({ code: 'TEXT_TOO_LONG' });
  });
});
