import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { createServices } from '../src/functions/create-services.js';
import type { RequestReport } from '../src/observer.js';
import { reportsTo } from './reports.js';
import { serviceFixture } from './service-fixture.js';
import { awsError, credentials } from './wire-server.js';

const { server, invoke, refuse } = serviceFixture();
const json = (body: string) => () => ({ headers: { 'content-type': 'application/json' }, body });

describe('invoke_model', () => {
  const name = 'aws_bedrock.invoke_model';

  it("sends the input as it is, with the call's content type and accept", async () => {
    server.script(json('{}'));
    const input = ' {"a": "ünï 😀"}\n';
    await invoke(name, [['vendor.model-v1:0', 'application/json; charset=utf-8', 'application/x', input]]);
    expect(server.requests).toMatchObject([
      {
        operation: 'InvokeModel',
        target: 'vendor.model-v1:0',
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/x' },
        body: input,
      },
    ]);
  });

  it('gives the answer verbatim', async () => {
    const body = '\uFEFF {"b" : 1.0}\r\n\n ünï 😀 "';
    server.script(json(body));
    expect((await invoke(name, [['m', 'a/b', 'a/b', '{}']])).outcomes).toEqual([[body]]);
  });

  it('sends JSON where the content types are NULL', async () => {
    server.script(json('{}'));
    expect((await invoke(name, [['m', null, null, '{}']])).outcomes).toEqual([['{}']]);
    expect(server.requests[0]?.headers.accept ?? '*/*').not.toContain('null');
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('accepts a model ARN', async () => {
    server.script(json('{}'));
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.vendor.model-v1:0';
    expect((await invoke(name, [[arn, 'a/b', 'a/b', '{}']])).outcomes).toEqual([['{}']]);
    expect(server.requests[0]?.target).toBe(arn);
  });

  it.each([
    ['ValidationException', 400, 'The provided model identifier is invalid.', 'MODEL_NOT_FOUND'],
    ['ValidationException', 400, 'Malformed input request', 'INVALID_INPUT'],
    ['ResourceNotFoundException', 404, 'Could not resolve the foundation model', 'MODEL_NOT_FOUND'],
    ['ModelErrorException', 424, 'model failed', 'MODEL_ERROR'],
    ['ModelTimeoutException', 408, 'too slow', 'TIMEOUT'],
    ['ServiceQuotaExceededException', 400, 'quota', 'QUOTA_EXCEEDED'],
    ['ServiceUnavailableException', 503, 'later', 'SERVICE_UNAVAILABLE'],
    ['ExpiredTokenException', 403, 'expired', 'CREDENTIALS'],
    ['SomethingNewException', 400, 'new', 'SERVICE_ERROR'],
  ])('reports %s (%i, "%s") as %s', async (errorName, status, message, code) => {
    server.script(() => awsError(status, errorName, message));
    const [outcome] = (await invoke(name, [['m', 'a/b', 'a/b', '{}']])).outcomes;
    expect(outcome).toMatchObject({ code, awsErrorCode: errorName, httpStatus: status });
  });

  it('reports a model that is not ready, after trying again', async () => {
    server.script(() => awsError(429, 'ModelNotReadyException', 'not ready'));
    const { outcomes, reports } = await invoke(name, [['m', 'a/b', 'a/b', '{}']]);
    expect(outcomes).toMatchObject([{ code: 'MODEL_NOT_READY', retryable: true, attempts: 2 }]);
    expect(reports).toMatchObject([{ attempts: 2, throttles: 0 }]);
  });

  it('refuses an empty input without a request', () => {
    expect(refuse(name, ['m', 'a/b', 'a/b', ''])).toMatchObject({
      code: 'INVALID_INPUT',
      awsErrorCode: 'ValidationException',
    });
    expect(refuse(name, ['m', 'a/b', 'a/b', ' '])).toBeUndefined();
  });
});

describe('invoke_model_get_embeddings', () => {
  const name = 'aws_bedrock.invoke_model_get_embeddings';
  const embed = async (body: string, key = 'embedding') => {
    server.script(json(body));
    return (await invoke(name, [['m', 'application/json', key, '{}']])).outcomes[0];
  };

  it('asks for JSON', async () => {
    await embed('{"embedding":[1]}');
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
    });
  });

  it.each([
    ['{"embedding":[0.1,-2,3e-10,12345678901234567890]}', 'embedding', '{0.1,-2,3e-10,12345678901234567890}'],
    ['\uFEFF{"embedding": [1e-07, 1.50, -0, 0e-999]}', 'embedding', '{1e-07,1.50,-0,0e-999}'],
    [String.raw`{"x":[9],"\u0061b":[1],"ab":[2]}`, 'ab', '{2}'],
    ['{"embedding":[]}', 'embedding', '{}'],
    ['{"other":[1],"vec":[2,3]}', 'vec', '{2,3}'],
    ['{"a.b":[1]}', 'a.b', '{1}'],
  ])('takes from %s the array under %s', async (body, key, array) => {
    expect(await embed(body, key)).toEqual([array]);
  });

  it.each([
    ['{"embedding":[1]}', 'vectors', 'The answer has no key "vectors"; its only key is "embedding".'],
    ['{"a":{"b":[1]}}', 'a.b', 'The answer has no key "a.b"; its only key is "a".'],
    ['{}', 'constructor', 'The answer has no key "constructor".'],
    ['[1,2]', 'length', 'The answer is not a JSON object.'],
    ['null', 'embedding', 'The answer is not a JSON object.'],
    ['{"embedding":"1"}', 'embedding', 'The value of "embedding" in the answer is not an array of numbers.'],
    ['{"embedding":[1,"2"]}', 'embedding', 'The value of "embedding" in the answer is not an array of numbers.'],
    ['{"embedding":[1,null]}', 'embedding', 'The value of "embedding" in the answer is not an array of numbers.'],
    ['{"embedding":[[1],[2]]}', 'embedding', 'The value of "embedding" in the answer is not an array of numbers.'],
    ['{"embedding":[1,1e400]}', 'embedding', 'A number of the answer is out of range for float8.'],
    ['{"embedding":[1,-1e-400]}', 'embedding', 'A number of the answer is out of range for float8.'],
    ['{"embedding":[NaN]}', 'embedding', 'The answer is not valid JSON.'],
    ['no JSON', 'embedding', 'The answer is not valid JSON.'],
  ])('refuses %s for %s', async (body, key, facts) => {
    expect(await embed(body, key)).toMatchObject({
      code: 'INVALID_RESPONSE',
      detail: `${facts} request id request-1.`,
    });
  });
});

describe('an injected client', () => {
  it('is used, observed and left open', async () => {
    // The SDK's own handler for Bedrock speaks HTTP/2, and takes half an answer for an answer.
    let requests = 0;
    const body = Buffer.from('a complete answer');
    const h2 = http2.createServer();
    h2.on('session', (session) => session.on('error', () => undefined));
    h2.on('stream', (stream) => {
      requests += 1;
      stream.on('error', () => undefined);
      stream.respond({ ':status': 200, 'content-type': 'text/plain', 'content-length': body.length });
      if (requests > 1) stream.end(body);
      else stream.write(body.subarray(0, 5), () => setTimeout(() => stream.session?.destroy(), 20));
    });
    await new Promise<void>((resolve) => h2.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(h2.address() as AddressInfo).port}`;
    const bedrock = new BedrockRuntimeClient({ region: 'us-east-1', credentials, endpoint });
    const services = createServices({ clients: { bedrock } });
    const service = services['aws_bedrock.invoke_model'];
    const target = { arguments: ['m', 'text/plain', 'text/plain'], name: 'm' };
    const reports: RequestReport[] = [];
    const observer = reportsTo(reports);
    expect(await service.invokeBatch(['x'], { target, observer })).toEqual([['a complete answer']]);
    expect(reports).toMatchObject([{ attempts: 2, region: 'us-east-1', server: { address: '127.0.0.1' } }]);
    service.close();
    expect(await service.invokeBatch(['x'], { target })).toEqual([['a complete answer']]);
    bedrock.destroy();
    await new Promise((resolve) => h2.close(resolve));
  });
});
