import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Invoker } from '../src/invoker.js';
import type { InvokerOptions } from '../src/invoker-options.js';
import type { MlCall } from '../src/ml-call.js';
import type { MlFunctionName } from '../src/ml-functions.js';
import { awsError, credentials, WireServer } from './wire-server.js';

const server = new WireServer();
const invokers: Invoker[] = [];
beforeAll(() => server.start());
afterEach(() => {
  for (const invoker of invokers.splice(0)) invoker.close();
});
afterAll(() => server.close());

function openInvoker(options: InvokerOptions = {}): Invoker {
  const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
  const invoker = new Invoker({ region: 'us-east-1', credentials, endpoints, maxAttempts: 1, ...options });
  invokers.push(invoker);
  return invoker;
}
const call = (value: string, name: MlFunctionName = 'aws_sagemaker.invoke_endpoint', bound = 3): MlCall => ({
  function: name,
  arguments: name === 'aws_sagemaker.invoke_endpoint' ? ['e', value] : ['m', 'a/b', 'a/b', value],
  maxRowsPerBatch: bound,
});
const echo = (delayMs = 20) => server.script((request) => ({ body: request.body, delayMs }));
const rowsSent = () => server.requests.map((request) => request.body.split('\n'));

function open(invoker: Invoker, calls: readonly MlCall[], signal?: AbortSignal) {
  const statement = invoker.openStatement({ signal });
  const invocations = calls.map((each) => statement.enqueue(each));
  statement.flush();
  const results = statement
    .settled(invocations)
    .then(() => invocations.map((invocation) => invocation.error?.code ?? invocation.result?.[0]));
  return { statement, results };
}

describe('inputs in flight', () => {
  it('are not sent again by another statement', async () => {
    echo();
    const invoker = openInvoker();
    const first = open(
      invoker,
      ['1', '2', '3'].map((value) => call(value)),
    );
    const second = open(
      invoker,
      ['3', '4', '2'].map((value) => call(value)),
    );
    expect(second.statement.pendingInputs).toBe(0);
    expect(second.statement.batchesInFlight).toBe(2);
    expect(await first.results).toEqual(['1', '2', '3']);
    expect(await second.results).toEqual(['3', '4', '2']);
    expect(second.statement.batchesInFlight).toBe(0);
    expect(rowsSent()).toEqual([['1', '2', '3'], ['4']]);
    expect(second.statement.stats()).toMatchObject([{ inputs: 3, distinctInputs: 3, sharedInputs: 2, sentInputs: 1 }]);
  });

  it('are sent after all when the statement that sent them is aborted', async () => {
    echo(50);
    const invoker = openInvoker();
    const controller = new AbortController();
    const first = open(invoker, [call('1'), call('2')], controller.signal);
    const second = open(invoker, [call('1'), call('2')]);
    await expect.poll(() => server.inFlight).toBe(1);
    controller.abort();
    expect(await first.results).toEqual(['ABORTED', 'ABORTED']);
    expect(await second.results).toEqual(['1', '2']);
    expect(second.statement.stats()).toMatchObject([{ sharedInputs: 0, sentInputs: 2, requests: 1 }]);
  });

  it('do not hand on a failure, also where it counts as NULL', async () => {
    server.script((request) =>
      request.number === 1
        ? { ...awsError(403, 'AccessDeniedException', 'no'), delayMs: 20 }
        : { body: request.body, delayMs: 1 },
    );
    const invoker = openInvoker({ onError: 'null' });
    const [first, second] = [open(invoker, [call('1')]), open(invoker, [call('1')])];
    expect(await first.results).toEqual([null]);
    expect(await second.results).toEqual(['1']);
  });

  it('leave a follower free to end', async () => {
    echo(50);
    const invoker = openInvoker();
    const first = open(invoker, [call('1')]);
    const second = open(invoker, [call('1')]);
    second.statement.close();
    expect(await second.results).toEqual(['ABORTED']);
    expect(await first.results).toEqual(['1']);
    expect(server.requests).toHaveLength(1);
  });

  it('are each sent where answers may be sampled, unless it is allowed', async () => {
    const model = call('{}', 'aws_bedrock.invoke_model', 1);
    const twice = async (options: InvokerOptions) => {
      echo();
      const invoker = openInvoker(options);
      await Promise.all([open(invoker, [model]).results, open(invoker, [model]).results]);
      return server.requests.length;
    };
    expect(await twice({})).toBe(2);
    expect(await twice({ share: { m: true } })).toBe(1);
    expect(await twice({ share: { m: false, 'aws_bedrock.invoke_model': true } })).toBe(2);
  });
});

describe('the cache', () => {
  const once = (invoker: Invoker, value = '1') => open(invoker, [call(value)]);

  it('is off by default', async () => {
    echo(1);
    const invoker = openInvoker();
    await once(invoker).results;
    await once(invoker).results;
    expect(server.requests).toHaveLength(2);
  });

  it('answers later statements, for as long as it may', async () => {
    echo(1);
    const invoker = openInvoker({ cache: { maxBytes: 100_000, ttlMs: 1_500 } });
    await once(invoker).results;
    const second = once(invoker);
    expect(await second.results).toEqual(['1']);
    expect(second.statement.stats()).toMatchObject([
      { distinctInputs: 1, cachedInputs: 1, sentInputs: 0, requests: 0 },
    ]);
    expect(server.requests).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    await once(invoker).results;
    expect(server.requests).toHaveLength(2);
  });

  it('keeps within its memory', async () => {
    echo(1);
    const invoker = openInvoker({ cache: { maxBytes: 1_000, ttlMs: 60_000 } });
    for (const value of ['1', '2', '3', '4', '5', '6']) await once(invoker, value).results;
    await once(invoker, '6').results;
    expect(server.requests).toHaveLength(6);
    await once(invoker, '1').results;
    expect(server.requests).toHaveLength(7);
  });

  it('keeps no failures', async () => {
    server.script((request) =>
      request.number === 1 ? awsError(403, 'AccessDeniedException', 'no') : { body: request.body },
    );
    const invoker = openInvoker({ onError: 'null', cache: { maxBytes: 100_000, ttlMs: 60_000 } });
    expect(await once(invoker).results).toEqual([null]);
    expect(await once(invoker).results).toEqual(['1']);
  });
});
