import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Invoker } from '../src/invoker.js';
import type { InvokerOptions } from '../src/invoker-options.js';
import type { MlCall } from '../src/ml-call.js';
import { observeTogether, type RequestReport, type StatementObserver } from '../src/observer.js';
import { credentials, WireServer } from './wire-server.js';

const server = new WireServer();
let open: Invoker[] = [];
beforeAll(() => server.start());
afterAll(async () => {
  for (const invoker of open) invoker.close();
  open = [];
  await server.close();
});

function createInvoker(options: InvokerOptions = {}): Invoker {
  const invoker = new Invoker({ region: 'us-east-1', credentials, endpoints: { sagemaker: server.url }, ...options });
  open.push(invoker);
  return invoker;
}

const row = (value: string): MlCall => ({
  function: 'aws_sagemaker.invoke_endpoint',
  arguments: ['e', value],
  maxRowsPerBatch: 2,
});

async function run(invoker: Invoker, observer: StatementObserver, values: readonly string[]): Promise<void> {
  const statement = invoker.openStatement({ observer });
  const invocations = values.map((value) => statement.enqueue(row(value)));
  statement.flush();
  await statement.settled(invocations);
  statement.close();
  statement.close();
}

it('is told of each request of its statement, and of the counts when it is closed, once', async () => {
  server.script((request) => ({ headers: { 'content-type': 'text/csv' }, body: request.body }));
  const reports: RequestReport[] = [];
  const closed: unknown[] = [];
  const observer: StatementObserver = {
    request: (facts) => {
      expect(facts).toMatchObject({ operation: 'InvokeEndpoint', target: 'e' });
      return { ended: (report) => reports.push(report) };
    },
    closed: (stats) => closed.push(stats),
  };
  const invoker = createInvoker();
  await run(invoker, observer, ['1', '2', '3', '3']);
  expect(reports.map(({ inputs }) => inputs)).toEqual([2, 1]);
  expect(closed).toMatchObject([[{ inputs: 4, distinctInputs: 3, requests: 2 }]]);
  expect(invoker.stats()).toEqual(closed[0]);
});

it('is called in the asynchronous context of its statement, whoever makes room for the request', async () => {
  server.script((request) => ({ headers: { 'content-type': 'text/csv' }, body: request.body, delayMs: 5 }));
  const store = new AsyncLocalStorage<string>();
  const invoker = createInvoker({ maxConcurrency: 1 });
  const seen: string[] = [];
  const observe = (name: string): StatementObserver => {
    const note = (what: string) => seen.push(`${name} ${what} in ${store.getStore()}`);
    return {
      request: () => {
        note('starts');
        return {
          within: (send) => {
            note('sends');
            return send();
          },
          ended: () => note('ends'),
        };
      },
    };
  };
  await Promise.all(
    ['a', 'b'].map((name) =>
      store.run(name, () =>
        run(
          invoker,
          observe(name),
          ['1', '2', '3', '4', '5', '6'].map((value) => name + value),
        ),
      ),
    ),
  );
  expect(seen).toHaveLength(18);
  for (const line of seen) expect(line).toMatch(/^(a .* in a|b .* in b)$/);
});

it('hears of a budget that is exceeded', async () => {
  const codes: string[] = [];
  const observer: StatementObserver = { budgetExceeded: ({ code }) => codes.push(code) };
  await run(createInvoker({ statementBudget: { maxRequests: 0 } }), observer, ['1', '2', '3']);
  expect(codes).toEqual(['BUDGET_EXCEEDED']);
});

it('shares requests with other observers, inside one another', async () => {
  const order: string[] = [];
  const named = (name: string): StatementObserver => ({
    request: () => ({
      within: async (send) => {
        order.push(`${name} (`);
        const sent = await send();
        order.push(`) ${name}`);
        return sent;
      },
      retried: () => order.push(`${name} retried`),
    }),
  });
  const observer = observeTogether([named('a'), {}, { request: () => undefined }, named('b')]).request({} as never);
  observer?.retried?.({ code: 'THROTTLED', attempts: 1 });
  expect(await observer?.within?.(async () => 'sent')).toBe('sent');
  expect(order).toEqual(['a retried', 'b retried', 'a (', 'b (', ') b', ') a']);
  expect(observeTogether([{}]).request({} as never)).toBeUndefined();
});
