import { ConfigurationError } from 'aws-ml-options';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Invocation } from '../src/invocations/batch.js';
import { Invoker } from '../src/invoker.js';
import type { InvokerOptions } from '../src/invoker-options.js';
import type { MlCall, TextValue } from '../src/ml-call.js';
import type { MlFunctionName } from '../src/ml-functions.js';
import type { MlService } from '../src/ml-service.js';
import type { StatementInvocations } from '../src/statement-invocations.js';
import { awsError, credentials, type WireAnswer, type WireRequest, WireServer } from './wire-server.js';

const server = new WireServer();
const invokers: Invoker[] = [];

beforeAll(() => server.start());
afterEach(() => {
  for (const invoker of invokers.splice(0)) invoker.close();
});
afterAll(() => server.close());

function createInvoker(options: InvokerOptions = {}): Invoker {
  const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
  const invoker = new Invoker({ region: 'us-east-1', credentials, endpoints, maxAttempts: 2, ...options });
  invokers.push(invoker);
  return invoker;
}

const call = (
  name: MlFunctionName,
  callArguments: readonly TextValue[],
  maxRowsPerBatch: number | null = null,
): MlCall => ({
  function: name,
  arguments: callArguments,
  maxRowsPerBatch,
});
const sentiment = (text: string, language = 'en', bound: number | null = null) =>
  call('aws_comprehend.detect_sentiment', [text, language], bound);
const endpoint = (fields: readonly TextValue[], name = 'e', bound: number | null = null) =>
  call('aws_sagemaker.invoke_endpoint', [name, ...fields], bound);
const model = (input: string, name = 'm') => call('aws_bedrock.invoke_model', [name, 'a/b', 'a/b', input]);
const numbered = (count: number, make: (text: string) => MlCall) =>
  Array.from({ length: count }, (_, index) => make(`text ${index}`));

/** Texts, rows or bodies of a request. */
function inputsOf(request: WireRequest): string[] {
  if (request.operation === 'BatchDetectSentiment')
    return (JSON.parse(request.body) as { TextList: string[] }).TextList;
  if (request.operation === 'DetectSentiment') return [(JSON.parse(request.body) as { Text: string }).Text];
  return request.operation === 'InvokeEndpoint' ? request.body.split('\n') : [request.body];
}

/** Answers every input with itself: the score of a text is its length. */
function answerAll(request: WireRequest): WireAnswer {
  const scored = (text: string) => ({ Sentiment: 'POSITIVE', SentimentScore: { Positive: text.length } });
  if (request.operation === 'DetectSentiment') return { body: JSON.stringify(scored(inputsOf(request)[0] as string)) };
  if (request.operation !== 'BatchDetectSentiment') return { body: request.body };
  return {
    body: JSON.stringify({
      ErrorList: [],
      ResultList: inputsOf(request).map((text, Index) => ({ Index, ...scored(text) })),
    }),
  };
}

async function invokeAll(statement: StatementInvocations, calls: readonly MlCall[]): Promise<Invocation[]> {
  const invocations = calls.map((each) => statement.enqueue(each));
  statement.flush();
  await statement.settled(invocations);
  return invocations;
}
const outcomesOf = (invocations: readonly Invocation[]) =>
  invocations.map((invocation) => invocation.error?.code ?? invocation.result);
const sizes = () => server.requests.map((request) => inputsOf(request).length).sort((a, b) => b - a);

describe('batches', () => {
  it('send as few requests as the service allows', async () => {
    server.script(answerAll);
    const invocations = await invokeAll(createInvoker().openStatement(), numbered(60, sentiment));
    expect(invocations.every((invocation) => invocation.settled)).toBe(true);
    expect(outcomesOf(invocations)).toEqual(
      Array.from({ length: 60 }, (_, index) => ['POSITIVE', String(`text ${index}`.length)]),
    );
    expect(sizes()).toEqual([25, 25, 10]);
  });

  it('send each distinct input once, whoever asks', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement();
    const invocations = await invokeAll(
      statement,
      ['a', 'b', 'a', 'a', 'b'].map((text) => sentiment(text)),
    );
    expect(server.requests.map(inputsOf)).toEqual([['a', 'b']]);
    expect(invocations[2]).toBe(invocations[0]);
    expect(invocations[4]).toBe(invocations[1]);
    const [later] = await invokeAll(statement, [sentiment('a')]);
    expect(later).toBe(invocations[0]);
    expect(server.requests).toHaveLength(1);
  });

  it('treat calls that send the same row as equal', async () => {
    server.script(answerAll);
    const [left, right] = await invokeAll(createInvoker().openStatement(), [
      endpoint(['1', null]),
      endpoint(['1', '']),
    ]);
    expect(left).toBe(right);
    expect(server.requests.map((request) => request.body)).toEqual(['1,']);
  });

  it('keep targets apart, whatever their names are', async () => {
    server.script(answerAll);
    const bedrock = (...callArguments: TextValue[]) => call('aws_bedrock.invoke_model', callArguments);
    const calls = [
      bedrock('m', 'a', 'b', 'x'),
      bedrock('m', 'a', 'b c', 'x'),
      bedrock('m', 'a', null, 'x'),
      bedrock('m', 'a b', 'c', 'x'),
    ];
    const invocations = await invokeAll(createInvoker().openStatement(), calls);
    expect(new Set(invocations).size).toBe(4);
    expect(server.requests).toHaveLength(4);
  });

  it('are grouped by language', async () => {
    server.script(answerAll);
    const calls = [sentiment('a', 'en'), sentiment('b', 'fr'), sentiment('c', 'en'), sentiment('a', 'fr')];
    await invokeAll(createInvoker().openStatement(), calls);
    expect(server.requests.map(inputsOf).sort()).toEqual([
      ['a', 'c'],
      ['b', 'a'],
    ]);
  });

  it('respect max_rows_per_batch up to the limit of the service', async () => {
    server.script(answerAll);
    const calls = [
      ...numbered(4, (text) => sentiment(text, 'en', 2)),
      ...numbered(30, (text) => sentiment(`x ${text}`, 'en', 100)),
    ];
    await invokeAll(createInvoker().openStatement(), calls);
    expect(sizes()).toEqual([25, 5, 2, 2]);
  });

  it('know equal calls under different bounds', async () => {
    server.script(answerAll);
    await invokeAll(createInvoker().openStatement(), [
      sentiment('a', 'en', 5),
      sentiment('a', 'en', 7),
      sentiment('a'),
    ]);
    expect(sizes()).toEqual([1]);
  });

  it('of SageMaker are bounded by bytes only', async () => {
    server.script((request) => ({
      body: inputsOf(request)
        .map((row) => row.length)
        .join('\n'),
    }));
    const third = 2 * 1024 * 1024;
    const rows = (...lengths: number[]) =>
      lengths.map((length, index) => endpoint([String(index).padEnd(length, 'x')]));
    // With two line ends exactly 6 MB.
    const lengths = [third, third - 1, third - 1];
    const invocations = await invokeAll(createInvoker().openStatement(), rows(...lengths, 7));
    expect(sizes()).toEqual([3, 1]);
    expect(outcomesOf(invocations)).toEqual([...lengths, 7].map((length) => [String(length)]));
    server.script((request) => ({
      body: inputsOf(request)
        .map((row) => row.length)
        .join('\n'),
    }));
    await invokeAll(createInvoker().openStatement(), rows(third, third, third - 1));
    expect(sizes()).toEqual([2, 1]);
    server.script(answerAll);
    await invokeAll(
      createInvoker().openStatement(),
      numbered(5_000, (text) => endpoint([text])),
    );
    expect(sizes()).toEqual([5_000]);
  });

  it('count bytes, not characters', async () => {
    server.script((request) => ({
      body: inputsOf(request)
        .map(() => 'ok')
        .join('\n'),
    }));
    await invokeAll(
      createInvoker().openStatement(),
      [0, 1].map((index) => endpoint([String(index) + 'é'.repeat(1024 * 1600)])),
    );
    expect(sizes()).toEqual([1, 1]);
  });
});

describe('dispatch', () => {
  it('sends full batches at once and the others on flush', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement();
    const invocations = numbered(30, sentiment).map((each) => statement.enqueue(each));
    expect(statement.pendingInputs).toBe(5);
    expect(statement.batchesInFlight).toBe(1);
    await statement.settled(invocations.slice(0, 25));
    expect(sizes()).toEqual([25]);
    expect(invocations.filter((invocation) => invocation.settled)).toHaveLength(25);
    statement.flush();
    expect(statement.pendingInputs).toBe(0);
    await statement.settled(invocations);
    expect(sizes()).toEqual([25, 5]);
    expect(statement.batchesInFlight).toBe(0);
  });

  it('resolves a wait for nothing, for the settled, and several waits for the same', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement();
    await statement.settled([]);
    const invocations = numbered(3, sentiment).map((each) => statement.enqueue(each));
    statement.flush();
    statement.flush();
    await Promise.all([
      statement.settled(invocations),
      statement.settled([invocations[1] as Invocation, invocations[1] as Invocation]),
    ]);
    await statement.settled(invocations);
    expect(server.requests).toHaveLength(1);
  });

  it('bounds the requests to a service across statements', async () => {
    // Long enough that the third request comes while the first is answered, on a busy machine as well.
    server.script((request) => ({ ...answerAll(request), delayMs: 100 }));
    const invoker = createInvoker({ maxConcurrency: { comprehend: 3 } });
    const statements = [invoker.openStatement(), invoker.openStatement()];
    await Promise.all(
      statements.map((statement, index) =>
        invokeAll(
          statement,
          numbered(8, (text) => sentiment(`${index} ${text}`, 'en', 1)),
        ),
      ),
    );
    expect(server.requests).toHaveLength(16);
    expect(server.maxInFlight).toBe(3);
  });

  it('bounds the requests to each endpoint and each model on its own', async () => {
    server.script((request) => ({ ...answerAll(request), delayMs: 50 }));
    const calls = ['a', 'b'].flatMap((name) => [
      ...numbered(4, (text) => endpoint([text], name, 1)),
      ...numbered(4, (text) => model(text, name)),
    ]);
    await invokeAll(createInvoker({ maxConcurrency: 2 }).openStatement(), calls);
    expect(server.requests).toHaveLength(16);
    expect(server.maxInFlight).toBe(8);
  });

  it('rejects a bound that would stop everything', () => {
    expect(() => new Invoker({ maxConcurrency: 0 })).toThrow(
      'options.maxConcurrency must be a whole number of at least 1, but is 0.',
    );
    expect(() => new Invoker({ maxConcurrency: { bedrock: Number.NaN } })).toThrow(ConfigurationError);
  });

  it('lets a small statement past a large one', async () => {
    server.script((request) => ({ ...answerAll(request), delayMs: 5 }));
    const invoker = createInvoker({ maxConcurrency: 1 });
    const large = invoker.openStatement();
    const largeDone = invokeAll(
      large,
      numbered(40, (text) => sentiment(text, 'en', 1)),
    );
    await invokeAll(invoker.openStatement(), [sentiment('small')]);
    expect(server.requests.length).toBeLessThan(5);
    large.close();
    await largeDone;
  });
});

describe('throttling', () => {
  it('that lets others through uses up no attempts', async () => {
    server.script((request) =>
      request.number % 2 === 0 ? answerAll(request) : awsError(429, 'ThrottlingException', 'Rate exceeded'),
    );
    const statement = createInvoker({ maxConcurrency: 4 }).openStatement();
    const calls = numbered(8, (text) => sentiment(text, 'en', 1));
    expect((await invokeAll(statement, calls)).every((invocation) => invocation.result !== undefined)).toBe(true);
    const [stats] = statement.stats();
    expect(stats).toMatchObject({ requests: 8, errors: 0, throttles: server.requests.length - 8 });
    expect(stats?.retries).toBe(stats?.throttles);
  });

  it('of everything is an error after the attempts that were asked for', async () => {
    server.script(() => awsError(400, 'ThrottlingException', 'Rate exceeded'));
    const statement = createInvoker({ maxConcurrency: 1 }).openStatement();
    const [invocation] = await invokeAll(statement, [sentiment('a')]);
    expect(invocation?.error).toMatchObject({ code: 'THROTTLED', retryable: true, attempts: 2 });
    expect(server.requests).toHaveLength(2);
  });

  it('ends with the statement', async () => {
    server.script(() => awsError(429, 'ThrottlingException', 'Rate exceeded'));
    const statement = createInvoker({ maxAttempts: 1_000 }).openStatement();
    const invocation = statement.enqueue(model('a'));
    await expect.poll(() => server.requests.length).toBeGreaterThan(1);
    statement.close();
    expect(invocation.error?.code).toBe('ABORTED');
    const sent = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.requests.length).toBeLessThanOrEqual(sent + 1);
  });
});

describe('a failure', () => {
  const refuseX = (request: WireRequest) =>
    inputsOf(request).includes('x') ? awsError(403, 'AccessDeniedException', 'no') : answerAll(request);

  it('fails the statement: nothing further is sent, everything settles', async () => {
    server.script((request) => ({ ...refuseX(request), delayMs: inputsOf(request).includes('x') ? 1 : 60_000 }));
    const statement = createInvoker({ maxConcurrency: 2 }).openStatement();
    const calls = [
      sentiment('slow', 'en', 1),
      sentiment('x', 'en', 1),
      ...numbered(20, (text) => sentiment(text, 'en', 1)),
    ];
    const started = performance.now();
    const invocations = await invokeAll(statement, calls);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(server.requests).toHaveLength(2);
    expect(new Set(outcomesOf(invocations))).toEqual(new Set(['ACCESS_DENIED']));
    expect(statement.firstError()).toBe(invocations[1]?.error);
    expect(statement.enqueue(sentiment('later')).error).toBe(statement.firstError());
    expect(server.requests).toHaveLength(2);
    await expect.poll(() => server.abandoned).toBe(1);
  });

  it('does not touch other statements', async () => {
    server.script(refuseX);
    const invoker = createInvoker();
    const [bad, good] = await Promise.all([
      invokeAll(invoker.openStatement(), [sentiment('x')]),
      invokeAll(invoker.openStatement(), numbered(30, sentiment)),
    ]);
    expect(outcomesOf(bad)).toEqual(['ACCESS_DENIED']);
    expect(good.every((invocation) => invocation.result !== undefined)).toBe(true);
  });

  it('of a sure refusal costs no request', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement();
    expect(outcomesOf(await invokeAll(statement, [sentiment('a'), sentiment('')]))).toEqual([
      'INVALID_INPUT',
      'INVALID_INPUT',
    ]);
    expect(server.requests).toHaveLength(0);
    expect(statement.firstError()?.awsErrorCode).toBe('ValidationException');
  });

  it('gives NULL under onError null, and is counted', async () => {
    server.script(refuseX);
    const statement = createInvoker({ onError: 'null' }).openStatement();
    const calls = [sentiment('x', 'en', 1), sentiment('a', 'en', 1), sentiment(''), model('x'), sentiment('b')];
    expect(outcomesOf(await invokeAll(statement, calls))).toEqual([
      [null, null],
      ['POSITIVE', '1'],
      [null, null],
      [null],
      ['POSITIVE', '1'],
    ]);
    expect(statement.firstError()).toBeUndefined();
    expect(statement.stats().map((stats) => stats.errors)).toEqual([2, 1]);
  });

  it('is sent again where the caller tries again, and what was answered is not', async () => {
    const statement = createInvoker().openStatement({ isolateErrors: true });
    const retry = async (text: string) => {
      const invocation = statement.retry(sentiment(text));
      statement.flush();
      await statement.settled([invocation]);
      return outcomesOf([invocation]);
    };
    server.script(refuseX);
    expect(outcomesOf(await invokeAll(statement, [sentiment('x'), sentiment('a')]))).toContain('ACCESS_DENIED');
    expect(outcomesOf(await invokeAll(statement, [sentiment('x')]))).toEqual(['ACCESS_DENIED']);
    server.script(answerAll);
    expect(await retry('x')).toEqual([['POSITIVE', '1']]);
    const sent = server.requests.length;
    expect(await retry('x')).toEqual([['POSITIVE', '1']]);
    expect(server.requests).toHaveLength(sent);
    expect(statement.stats().map((stats) => stats.distinctInputs)).toEqual([2]);
  });

  it('is handled as the statement says, where it says something', async () => {
    server.script(refuseX);
    const statement = createInvoker({ onError: 'null' }).openStatement({ onError: 'fail' });
    expect(outcomesOf(await invokeAll(statement, [sentiment('x')]))).toEqual(['ACCESS_DENIED']);
  });

  it.each<[string, Partial<MlService>, string]>([
    ['gives too few outcomes', { invokeBatch: async () => [] }, 'The service adapter gave 0 outcomes for 2 inputs.'],
    [
      'throws',
      { invokeBatch: async () => Promise.reject(new RangeError('SECRET')) },
      'The service adapter failed with RangeError.',
    ],
  ])('of an adapter that %s is an error of every input', async (_, broken, detail) => {
    const { createServices } = await import('../src/functions/create-services.js');
    const name = 'aws_comprehend.detect_sentiment';
    const services = { [name]: { ...createServices()[name], ...broken } };
    const invocations = await invokeAll(createInvoker({ services }).openStatement(), numbered(2, sentiment));
    expect(outcomesOf(invocations)).toEqual(['SERVICE_ERROR', 'SERVICE_ERROR']);
    expect(invocations[0]?.error?.detail).toBe(detail);
  });
});

describe('an abort', () => {
  it.each(['fail', 'null'] as const)('ends requests in flight and drops the rest (onError %s)', async (onError) => {
    server.script((request) => ({ ...answerAll(request), delayMs: 60_000 }));
    const controller = new AbortController();
    const statement = createInvoker({ maxConcurrency: 2 }).openStatement({ signal: controller.signal, onError });
    const invocations = [...numbered(4, (text) => sentiment(text, 'en', 1)), sentiment('open')].map((each) =>
      statement.enqueue(each),
    );
    const settled = statement.settled(invocations);
    await expect.poll(() => server.inFlight).toBe(2);
    const started = performance.now();
    controller.abort();
    await settled;
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(outcomesOf(invocations)).toEqual(new Array(5).fill('ABORTED'));
    expect(statement.firstError()).toMatchObject({ code: 'ABORTED', sqlState: '57014' });
    expect(statement.enqueue(sentiment('later')).error?.code).toBe('ABORTED');
    expect([statement.pendingInputs, statement.batchesInFlight]).toEqual([0, 0]);
    await expect.poll(() => server.abandoned).toBe(2);
    expect(server.requests).toHaveLength(2);
  });

  it('before the start means that nothing is sent', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement({ signal: AbortSignal.abort() });
    expect(outcomesOf(await invokeAll(statement, [sentiment('a')]))).toEqual(['ABORTED']);
    expect(server.requests).toHaveLength(0);
  });

  it('by close frees the lane for others', async () => {
    server.script((request) => ({ ...answerAll(request), delayMs: request.number === 1 ? 5_000 : 1 }));
    const invoker = createInvoker({ maxConcurrency: 1 });
    const statement = invoker.openStatement();
    const aborted = numbered(3, (text) => sentiment(text, 'en', 1)).map((each) => statement.enqueue(each));
    await expect.poll(() => server.inFlight).toBe(1);
    statement.close();
    expect(outcomesOf(aborted)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    expect(outcomesOf(await invokeAll(invoker.openStatement(), [sentiment('b')]))).toEqual([['POSITIVE', '1']]);
    expect(server.requests).toHaveLength(2);
  });

  it('by closing the Invoker reaches every statement', async () => {
    server.script((request) => ({ ...answerAll(request), delayMs: 5_000 }));
    const invoker = createInvoker();
    const invocation = invoker.openStatement().enqueue(model('a'));
    await expect.poll(() => server.inFlight).toBe(1);
    invoker.close();
    expect(invocation.error?.code).toBe('ABORTED');
    expect(() => invoker.openStatement()).toThrow('the Invoker is closed');
  });

  it('leaves what is settled as it is', async () => {
    server.script(answerAll);
    const statement = createInvoker().openStatement();
    const [invocation] = await invokeAll(statement, [sentiment('a')]);
    statement.close();
    expect(invocation?.result).toEqual(['POSITIVE', '1']);
    expect(statement.firstError()).toBeUndefined();
  });
});

describe('memory', () => {
  it('for equal inputs is bounded: the oldest are forgotten', async () => {
    server.script(answerAll);
    const statement = createInvoker({ dedupMemoryBytes: 100 * 250 }).openStatement();
    await invokeAll(statement, numbered(200, sentiment));
    await invokeAll(
      statement,
      numbered(200, (text) => sentiment(`more ${text}`)),
    );
    const before = server.requests.length;
    await invokeAll(statement, [sentiment('more text 199')]);
    expect(server.requests).toHaveLength(before);
    await invokeAll(statement, [sentiment('text 0')]);
    expect(server.requests).toHaveLength(before + 1);
  });
});

describe('statistics', () => {
  it('count inputs, requests, retries, throttles, batches and times, a statement and in total', async () => {
    server.script((request) =>
      request.number === 1 ? awsError(429, 'ThrottlingException', '') : { ...answerAll(request), delayMs: 10 },
    );
    const invoker = createInvoker();
    const statement = invoker.openStatement();
    await invokeAll(statement, [...numbered(30, sentiment), ...numbered(10, sentiment)]);
    const [stats] = statement.stats();
    expect(stats).toMatchObject({
      function: 'aws_comprehend.detect_sentiment',
      inputs: 40,
      distinctInputs: 30,
      requests: 2,
      retries: 1,
      throttles: 1,
      errors: 0,
      batches: { count: 2, size: { avg: 15, min: 5, max: 25 } },
    });
    const { avg, min, max } = stats?.batches.callTimeMs ?? { avg: 0, min: 0, max: 0 };
    expect(min).toBeGreaterThanOrEqual(9);
    expect(avg).toBeCloseTo((min + max) / 2, 6);
    expect(max).toBeGreaterThan(min);

    await invokeAll(invoker.openStatement(), [model('a'), sentiment('z')]);
    expect(invoker.stats().map((each) => [each.function, each.inputs, each.requests])).toEqual([
      ['aws_comprehend.detect_sentiment', 41, 3],
      ['aws_bedrock.invoke_model', 1, 1],
    ]);
    invoker.resetStats();
    expect(invoker.stats().map((each) => each.inputs + each.requests + each.batches.count)).toEqual([0, 0]);
    await invokeAll(statement, [sentiment('after')]);
    expect(invoker.stats()[0]).toMatchObject({
      inputs: 1,
      requests: 1,
      batches: { count: 1, size: { avg: 1, min: 1, max: 1 } },
    });
  });
});
