import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServices, startLocalServices } from '../src/index.js';

let services: LocalServices;
beforeAll(async () => {
  services = await startLocalServices({ endpoints: { total: 'sum' } });
});
afterAll(() => services.close());

const authorization = (scope: string) =>
  `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

async function post(path: string, headers: Record<string, string>) {
  const response = await fetch(services.url + path, { method: 'POST', headers, body: '{}' });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, code: response.headers.get('x-amzn-errortype')?.split(':')[0], body };
}

const dated = { 'x-amz-date': '20250101T000000Z' };
const json = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Comprehend_20171127.DetectSentiment' };

describe('signatures', () => {
  it.each([
    ['/', 400, json],
    ['/endpoints/total/invocations', 403, {}],
    ['/model/anthropic.claude-v2/invoke', 403, {}],
  ])('are needed for %s', async (path, status, headers) => {
    expect(await post(path, headers)).toMatchObject({ status, code: 'MissingAuthenticationTokenException' });
    const other = await post(path, {
      ...headers,
      ...dated,
      authorization: authorization('20250101/eu-west-1/s3/aws4_request'),
    });
    expect(other).toMatchObject({ status, code: 'InvalidSignatureException' });
    expect(Object.values(other.body).join()).toContain('scoped to correct service');
  });

  it.each([
    ['no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0', dated, 'IncompleteSignatureException'],
    ['another algorithm', 'Basic bG9jYWw6bG9jYWw=', dated, 'IncompleteSignatureException'],
    ['no date', authorization('20250101/us-east-1/sagemaker/aws4_request'), {}, 'IncompleteSignatureException'],
    ['another day', authorization('20240101/us-east-1/sagemaker/aws4_request'), dated, 'InvalidSignatureException'],
    ['another end', authorization('20250101/us-east-1/sagemaker/aws2_request'), dated, 'InvalidSignatureException'],
  ])('are refused with %s', async (_, value, headers, code) => {
    const answer = await post('/endpoints/total/invocations', { ...headers, authorization: value });
    expect(answer).toMatchObject({ status: 403, code });
  });

  it('may be an API key for Bedrock', async () => {
    const bearer = { authorization: 'Bearer key', 'content-type': 'application/json' };
    const response = await fetch(`${services.url}/model/amazon.titan-embed-text-v1/invoke`, {
      method: 'POST',
      headers: bearer,
      body: '{"inputText":"x"}',
    });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('x-amzn-bedrock-input-token-count'))).toBe(1);
    expect(await post('/endpoints/total/invocations', bearer)).toMatchObject({ status: 403 });
  });

  it('are not asked for where there is no service', async () => {
    const headers = { authorization: authorization('20250101/us-east-1/iam/aws4_request') };
    const response = await fetch(`${services.url}/elsewhere`, { headers });
    expect(response.status).toBe(404);
    expect(services.requests.entries.some(({ status }) => status === 404)).toBe(false);
  });
});
