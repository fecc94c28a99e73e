import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Invoker } from '../src/invoker.js';
import type { InvokerOptions } from '../src/invoker-options.js';
import type { MlCall, MlResult } from '../src/ml-call.js';
import type { ResultStore, StoredResult, StoredTarget } from '../src/result-store.js';
import { credentials, WireServer } from './wire-server.js';

/** Answers after a while, as a database does. */
class SlowStore implements ResultStore {
  readonly results = new Map<string, MlResult>();
  readonly asked: number[] = [];
  failing = false;
  ttlMs = 60_000;
  delayMs = 5;

  async getMany(target: StoredTarget, inputs: readonly string[]): Promise<(StoredResult | undefined)[]> {
    this.asked.push(inputs.length);
    await sleep(this.delayMs);
    if (this.failing) throw new Error('the store is away');
    return inputs.map((input) => {
      const result = this.results.get(`${target.name} ${input}`);
      return result && { result, ttlMs: this.ttlMs };
    });
  }

  putMany(target: StoredTarget, results: readonly (readonly [string, MlResult])[]): void {
    for (const [input, result] of results) this.results.set(`${target.name} ${input}`, result);
  }
}

const server = new WireServer();
const invokers: Invoker[] = [];
let store: SlowStore;
beforeAll(() => server.start());
beforeEach(() => {
  store = new SlowStore();
  server.script((request) => ({ body: request.body, delayMs: 2 }));
});
afterEach(() => {
  for (const invoker of invokers.splice(0)) invoker.close();
});
afterAll(() => server.close());

function openInvoker(options: InvokerOptions = {}): Invoker {
  const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
  const invoker = new Invoker({ region: 'us-east-1', credentials, endpoints, maxAttempts: 1, store, ...options });
  invokers.push(invoker);
  return invoker;
}

const call = (value: number, endpoint = 'e'): MlCall => ({
  function: 'aws_sagemaker.invoke_endpoint',
  arguments: [endpoint, String(value)],
  maxRowsPerBatch: 10,
});
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const storeResults = (values: readonly number[], endpoint = 'e') => {
  for (const value of values) store.results.set(`${endpoint} ${value}`, [`stored ${value}`]);
};
const sizes = () => server.requests.map(({ body }) => body.split('\n').length);

async function ask(invoker: Invoker, calls: readonly MlCall[]) {
  const statement = invoker.openStatement();
  const invocations = calls.map((each) => statement.enqueue(each));
  statement.flush();
  await statement.settled(invocations.values());
  const [stats] = statement.stats();
  const state = [statement.pendingInputs, statement.batchesInFlight];
  statement.close();
  return { results: invocations.map(({ result, error }) => error?.code ?? result?.[0]), stats, state };
}

describe('a result store', () => {
  it('is asked in one go, and what it lacks is sent in full batches', async () => {
    storeResults(numbers(70).filter((n) => n % 2 === 0));
    const { results, stats, state } = await ask(
      openInvoker(),
      numbers(70).map((n) => call(n)),
    );
    expect(results).toEqual(numbers(70).map((n) => (n % 2 === 0 ? `stored ${n}` : String(n))));
    expect(store.asked).toEqual([70]);
    expect(sizes()).toEqual([10, 10, 10, 5]);
    expect(stats).toMatchObject({ distinctInputs: 70, cachedInputs: 35, sentInputs: 35, requests: 4 });
    expect(state).toEqual([0, 0]);
  });

  it('gets what was sent', async () => {
    const invoker = openInvoker();
    await ask(invoker, [call(1), call(2)]);
    expect(store.results.get('e 2')).toEqual(['2']);
    const { stats } = await ask(openInvoker(), [call(1), call(2), call(1, 'other')]);
    expect(stats).toMatchObject({ cachedInputs: 2, sentInputs: 1 });
  });

  it('fills one last batch from several look-ups', async () => {
    storeResults(numbers(1200).filter((n) => n % 400 !== 0));
    const { stats } = await ask(
      openInvoker(),
      numbers(1200).map((n) => call(n)),
    );
    expect(store.asked).toEqual([500, 500, 200]);
    expect(sizes()).toEqual([3]);
    expect(stats).toMatchObject({ cachedInputs: 1197, requests: 1 });
  });

  it('lets whoever waits go on reading where what it lacks fills no batch', async () => {
    const statement = openInvoker().openStatement();
    const first = numbers(500).map((n) => statement.enqueue(call(n)));
    storeResults(numbers(495));
    expect(statement.batchesInFlight).toBe(50);
    expect(statement.waitsForInput(first)).toBe(false);
    await statement.settled(first.values());
    expect(first.filter((invocation) => invocation.settled)).toHaveLength(495);
    expect(statement.waitsForInput(first)).toBe(true);
    expect(statement.pendingInputs).toBe(5);
    const more = numbers(5, 1000).map((n) => statement.enqueue(call(n)));
    statement.flush();
    await statement.settled([...first, ...more]);
    expect(sizes()).toEqual([10]);
    statement.close();
  });

  it('sends everything where it fails', async () => {
    store.failing = true;
    const { results, stats } = await ask(
      openInvoker(),
      numbers(3).map((n) => call(n)),
    );
    expect(results).toEqual(['0', '1', '2']);
    expect(stats).toMatchObject({ cachedInputs: 0, requests: 1 });
  });

  it('is not waited for by a statement that ends', async () => {
    store.delayMs = 50;
    const statement = openInvoker().openStatement();
    const invocations = numbers(3).map((n) => statement.enqueue(call(n)));
    statement.flush();
    const settled = statement.settled(invocations);
    statement.close();
    await settled;
    expect(invocations.map(({ error }) => error?.code)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    await sleep(80);
    expect(server.requests).toHaveLength(0);
    expect(statement.batchesInFlight).toBe(0);
  });

  it('leaves nothing waiting where a budget ends the statement amid its answer', async () => {
    const { results } = await ask(
      openInvoker({ statementBudget: { maxRequests: 1 } }),
      numbers(35).map((n) => call(n)),
    );
    expect(new Set(results)).toEqual(new Set(['BUDGET_EXCEEDED']));
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  it('is not asked for what another statement is sending', async () => {
    server.script((request) => ({ body: request.body, delayMs: 60 }));
    const invoker = openInvoker();
    const first = ask(invoker, [call(1), call(2)]);
    await expect.poll(() => server.inFlight).toBe(1);
    const second = await ask(invoker, [call(2), call(3)]);
    expect(second.stats).toMatchObject({ sharedInputs: 1, sentInputs: 1 });
    await first;
    expect(store.asked).toEqual([2, 1]);
  });

  it('keeps nothing of what must not be shared, nor failures', async () => {
    const model: MlCall = {
      function: 'aws_bedrock.invoke_model',
      arguments: ['m', null, null, '{}'],
      maxRowsPerBatch: null,
    };
    await ask(openInvoker(), [model]);
    expect([store.asked, store.results.size]).toEqual([[], 0]);
    server.script(() => ({ status: 400, headers: { 'x-amzn-errortype': 'ValidationError' }, body: '{}' }));
    const { results } = await ask(openInvoker({ onError: 'null' }), [call(1)]);
    expect([results, store.results.size]).toEqual([[null], 0]);
  });

  it('stands behind the memory, which keeps what it has for as long as it holds', async () => {
    storeResults([1]);
    store.ttlMs = 1_500;
    const invoker = openInvoker({ cache: { maxBytes: 10_000, ttlMs: 60_000 } });
    await ask(invoker, [call(1)]);
    await ask(invoker, [call(1)]);
    expect(store.asked).toEqual([1]);
    await sleep(1_600);
    await ask(invoker, [call(1)]);
    expect(store.asked).toEqual([1, 1]);
  });
});
