import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Invoker } from '../src/invoker.js';
import type { InvokerOptions } from '../src/invoker-options.js';
import type { MlCall } from '../src/ml-call.js';
import type { BudgetLimits } from '../src/options/budget-options.js';
import { credentials, WireServer } from './wire-server.js';

const server = new WireServer();
beforeAll(() => server.start());
afterAll(() => server.close());

const endpoint = (value: string): MlCall => ({
  function: 'aws_sagemaker.invoke_endpoint',
  arguments: ['e', value],
  maxRowsPerBatch: 2,
});
const sentiment = (text: string): MlCall => ({
  function: 'aws_comprehend.detect_sentiment',
  arguments: [text, 'en'],
  maxRowsPerBatch: 1,
});
const model: MlCall = { function: 'aws_bedrock.invoke_model', arguments: ['m', null, null, '{}'], maxRowsPerBatch: 1 };

function openInvoker(options: InvokerOptions): Invoker {
  server.script((request) => {
    if (request.operation === 'DetectSentiment')
      return { body: '{"Sentiment":"MIXED","SentimentScore":{"Mixed":1}}', delayMs: 5 };
    return { body: request.body, delayMs: 5 };
  });
  const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
  return new Invoker({ region: 'us-east-1', credentials, endpoints, ...options });
}

async function run(invoker: Invoker, calls: readonly MlCall[], budget?: BudgetLimits) {
  const statement = invoker.openStatement({ budget });
  for (const call of calls) {
    const invocation = statement.enqueue(call);
    statement.flush();
    await statement.settled([invocation]);
  }
  statement.close();
  return statement.firstError();
}

describe('a budget', () => {
  it('of requests ends a statement before the first one too many', async () => {
    const invoker = openInvoker({ statementBudget: { maxRequests: 2 } });
    expect(await run(invoker, ['1', '2'].map(endpoint))).toBeUndefined();
    const error = await run(invoker, ['1', '2', '3', '4'].map(endpoint));
    expect(error).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      sqlState: '53400',
      detail: 'maxRequests of the statement is 2; 2 spent so far, and the next request needs 1.',
    });
    expect(server.requests).toHaveLength(4);
    invoker.close();
  });

  it('of requests is spent by all that are opened for one owner', async () => {
    const invoker = openInvoker({ statementBudget: { maxRequests: 1 } });
    const outcomes = async (budgetOwner?: object) => {
      const statement = invoker.openStatement({ budgetOwner });
      const invocation = statement.enqueue(endpoint(String(outcomes.length)));
      statement.flush();
      await statement.settled([invocation]);
      statement.close();
      return statement.firstError()?.code;
    };
    const owner = {};
    expect([await outcomes(owner), await outcomes(owner)]).toEqual([undefined, 'BUDGET_EXCEEDED']);
    expect([await outcomes({}), await outcomes(), await outcomes()]).toEqual([undefined, undefined, undefined]);
    invoker.close();
  });

  it('of inputs counts equal ones once, and the statement’s own goes before the Invoker’s', async () => {
    const invoker = openInvoker({ statementBudget: { maxInputs: 1 } });
    expect(await run(invoker, ['1', '2', '1', '2'].map(endpoint), { maxInputs: 2 })).toBeUndefined();
    expect((await run(invoker, ['1', '2', '3'].map(endpoint), { maxInputs: 2 }))?.detail).toBe(
      'maxInputs of the statement is 2; 2 spent so far, and the next request needs 1.',
    );
    invoker.close();
  });

  it('of the pool is for all statements together', async () => {
    const invoker = openInvoker({ budget: { maxRequests: 3 } });
    expect(await run(invoker, ['1', '2'].map(endpoint))).toBeUndefined();
    expect((await run(invoker, ['3', '4'].map(endpoint)))?.detail).toMatch(/^maxRequests of the pool is 3; 3 spent/);
    expect(server.requests).toHaveLength(3);
    invoker.close();
  });

  it('of dollars goes by the prices in force', async () => {
    const invoker = openInvoker({ statementBudget: { maxCostUsd: 0.001 } });
    // 3 units at least, then 4 of begun hundreds: 0.0003 + 0.0004, and 0.0004 more would be too many.
    const texts = ['short', 'x'.repeat(301), 'y'.repeat(301)];
    expect((await run(invoker, texts.map(sentiment)))?.detail).toBe(
      'maxCostUsd of the statement is 0.001; 0.0007 spent so far, and the next request needs 0.0004.',
    );
    expect(server.requests).toHaveLength(2);
    invoker.close();
    const cheaper = openInvoker({
      statementBudget: { maxCostUsd: 0.001 },
      prices: { 'aws_comprehend.detect_sentiment': { '*': { usdPerInput: 0.0001 } } },
    });
    expect(await run(cheaper, texts.map(sentiment))).toBeUndefined();
    cheaper.close();
  });

  it('of dollars sends nothing that has no price', async () => {
    const invoker = openInvoker({ statementBudget: { maxCostUsd: 1 } });
    expect((await run(invoker, [model]))?.detail).toBe('maxCostUsd of the statement is 1, and the call has no price.');
    expect(server.requests).toHaveLength(0);
    invoker.close();
    const priced = openInvoker({
      statementBudget: { maxCostUsd: 1 },
      prices: { 'aws_bedrock.invoke_model': { m: { usdPerInput: 0.01 } } },
    });
    expect(await run(priced, [model])).toBeUndefined();
    priced.close();
  });

  it('is an error under onError null as well, and of everything that was still to be sent', async () => {
    const invoker = openInvoker({ onError: 'null', statementBudget: { maxRequests: 1 } });
    const statement = invoker.openStatement();
    const invocations = ['1', '2', '3', '4', '5'].map((value) => statement.enqueue(endpoint(value)));
    statement.flush();
    await statement.settled(invocations);
    expect(statement.firstError()?.code).toBe('BUDGET_EXCEEDED');
    expect(invocations.map((invocation) => invocation.error?.code)).toEqual(new Array(5).fill('BUDGET_EXCEEDED'));
    expect([statement.pendingInputs, statement.batchesInFlight]).toEqual([0, 0]);
    invoker.close();
  });

  it('must be a number', () => {
    expect(() => new Invoker({ budget: { maxInputs: Number.NaN } })).toThrow(
      'options.budget.maxInputs must be a whole number of at least 0, but is NaN.',
    );
    const invoker = openInvoker({});
    expect(() => invoker.openStatement({ budget: { maxRequests: -1 } })).toThrow('budget.maxRequests must be');
    invoker.close();
  });
});
