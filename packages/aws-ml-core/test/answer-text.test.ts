import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Invoker, type MlCall } from '../src/index.js';
import { credentials } from './wire-server.js';

/** Answers every request with the same bytes, whatever they are. */
let answer: { readonly contentType: string; readonly body: Buffer; readonly encoding?: string };
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    const headers = { 'content-type': answer.contentType, 'x-amzn-requestid': 'request-1' };
    response.writeHead(200, answer.encoding ? { ...headers, 'content-encoding': answer.encoding } : headers);
    response.end(answer.body);
  });
});
let invoker: Invoker;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoints = { comprehend: url, sagemaker: url, bedrock: url };
  invoker = new Invoker({ region: 'us-east-1', credentials, endpoints, maxAttempts: 1 });
});
afterAll(async () => {
  invoker.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function outcomeOf(call: Omit<MlCall, 'maxRowsPerBatch'>, onError: 'fail' | 'null' = 'fail') {
  const statement = invoker.openStatement({ onError });
  const invocation = statement.enqueue({ ...call, maxRowsPerBatch: null });
  statement.flush();
  await statement.settled([invocation]);
  statement.close();
  return invocation.error ?? invocation.result;
}

const model = { function: 'aws_bedrock.invoke_model', arguments: ['m', 'text/plain', null, 'x'] } as const;
const endpoint = { function: 'aws_sagemaker.invoke_endpoint', arguments: ['e', 'x'] } as const;
const embeddings = {
  function: 'aws_bedrock.invoke_model_get_embeddings',
  arguments: ['m', 'text/plain', 'v', 'x'],
} as const;
const sentiment = { function: 'aws_comprehend.detect_sentiment', arguments: ['x', 'en'] } as const;

const plain = (body: string | Buffer, contentType = 'text/plain') => ({ contentType, body: Buffer.from(body) });
const json = (body: string) => plain(body, 'application/json');
const notUtf8 = Buffer.from([0x61, 0xff, 0x62]);
const failed = (facts: string) => ({
  code: 'INVALID_RESPONSE',
  sqlState: '38000',
  detail: expect.stringContaining(facts),
});
const unstorable = 'The answer holds a NUL character or half of a surrogate pair, which no text can hold.';
const outOfRange = 'A score of the answer is out of range for float4.';
const scored = (score: string) => json(`{"Sentiment":"POSITIVE","SentimentScore":{"Positive":${score}}}`);

describe('an answer that no value of the result can hold fails the call, and is NULL under onError null', () => {
  it.each([
    ['a NUL byte in a text', model, plain('a\0b'), unstorable],
    ['a NUL byte in CSV', endpoint, plain('a\0b', 'text/csv'), unstorable],
    ['a NUL byte in a field of a record', endpoint, plain('1,a\0b', 'text/csv'), unstorable],
    ['an escaped NUL in JSON', endpoint, json(String.raw`["a\u0000b"]`), unstorable],
    ['half a surrogate pair in JSON', endpoint, json(String.raw`{"label":"\ud800"}`), unstorable],
    ['the other half', endpoint, json(String.raw`["\udc00x"]`), unstorable],
    ['bytes that are not UTF-8 in a text', model, plain(notUtf8), 'The answer is not valid UTF-8.'],
    ['bytes that are not UTF-8 in CSV', endpoint, plain(notUtf8, 'text/csv; charset=utf-8'), 'not valid UTF-8'],
    ['bytes that are not UTF-8 in JSON', embeddings, plain(notUtf8), 'The answer is not valid UTF-8.'],
    ['a UTF-8 surrogate', model, plain(Buffer.from([0xed, 0xa0, 0x80])), 'The answer is not valid UTF-8.'],
    ['a charset that nobody knows', model, plain('x', 'text/plain; charset=klingon'), 'the charset that it names'],
    [
      'bytes that are not in the charset',
      endpoint,
      plain(notUtf8, 'text/csv;charset=shift_jis'),
      'the charset that it',
    ],
    ['a compressed text', model, { ...plain(gzipSync('x')), encoding: 'gzip' }, 'The answer is not valid UTF-8.'],
    ['a number beyond float8', embeddings, json('{"v":[1e309]}'), 'out of range for float8'],
    ['a score beyond float4', sentiment, scored('1e39'), outOfRange],
    ['a score of which float4 leaves 0', sentiment, scored('1e-50'), outOfRange],
  ])('%s', async (_, call, body, facts) => {
    answer = body;
    expect(await outcomeOf(call)).toMatchObject(failed(facts));
    expect(await outcomeOf(call, 'null')).toEqual(call === sentiment ? [null, null] : [null]);
  });
});

describe('an answer is read as it was written', () => {
  it.each([
    ['in a charset that it names', model, plain(Buffer.from([0xfc]), 'text/plain; Charset="ISO-8859-1"'), ['ü']],
    ['CSV in a charset that it names', endpoint, plain(Buffer.from([0xfc]), 'text/csv;charset=latin1'), ['ü']],
    ['ASCII', model, plain('ü', 'text/plain; charset=us-ascii'), ['ü']],
    ['a pair of surrogates', endpoint, json(String.raw`["\ud83d\ude00"]`), ['😀']],
    ['an escape within JSON', endpoint, json(String.raw`{"a":1, "b":"\u0000"}`), [String.raw`{"a":1,"b":"\u0000"}`]],
    ['an empty text', model, plain(''), ['']],
    ['a score in scientific form', sentiment, scored('9.5E-1'), ['POSITIVE', '0.95']],
    ['a score of 0', sentiment, scored('0.0'), ['POSITIVE', '0']],
    ['a byte order mark of a text', model, plain('\uFEFFx'), ['\uFEFFx']],
  ])('%s', async (_, call, body, result) => {
    answer = body;
    expect(await outcomeOf(call)).toEqual(result);
  });
});

it('only the row that cannot be held fails', async () => {
  answer = plain('a\n\0\nc', 'text/csv');
  const statement = invoker.openStatement({ isolateErrors: true });
  const invocations = ['1', '2', '3'].map((value) =>
    statement.enqueue({ ...endpoint, arguments: ['e', value], maxRowsPerBatch: null }),
  );
  statement.flush();
  await statement.settled(invocations);
  expect(invocations.map(({ result, error }) => result ?? error?.code)).toEqual([['a'], 'INVALID_RESPONSE', ['c']]);
  statement.close();
});
