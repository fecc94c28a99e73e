import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Bucket, type S3Fixture, SIGNED, startS3 } from './s3-fixture.js';

let s3: S3Fixture;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
afterEach(() => s3.services.resetRequests());

async function send(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const response = await fetch(s3.services.url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1], text, headers: response.headers };
}

const put = (headers: Record<string, string>, body: string) =>
  send('PUT', `/${Bucket}/raw`, { ...SIGNED, ...headers }, body);

describe('bodies in aws-chunked', () => {
  const STREAMING = {
    'content-encoding': 'aws-chunked,gzip',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  };
  const chunked = (...trailers: string[]) => {
    const signature = `;chunk-signature=${'0'.repeat(64)}`;
    return `4${signature}\r\none,\r\n3${signature}\r\ntwo\r\n0${signature}\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`;
  };

  it('are signed chunk by chunk, with a checksum behind them', async () => {
    const headers = { ...STREAMING, 'x-amz-decoded-content-length': '7', 'x-amz-trailer': 'x-amz-checksum-crc32c' };
    const answer = await put(headers, chunked('x-amz-checksum-crc32c:ITFjRQ==', 'x-amz-trailer-signature:0'));
    expect(answer.code ?? answer.status).toBe('BadDigest');
    expect(await put(headers, chunked())).toMatchObject({ code: 'BadDigest' });
    const right = await put(headers, chunked('x-amz-checksum-crc32c:scc5Hw=='));
    expect(right.status).toBe(200);
    expect(right.headers.get('x-amz-checksum-crc32c')).toBe('scc5Hw==');
    const read = await send('HEAD', `/${Bucket}/raw`, SIGNED);
    expect([read.headers.get('content-encoding'), await s3.text('raw')]).toEqual(['gzip', 'one,two']);
  });

  it('are as long as they say', async () => {
    for (const length of ['6', '8']) {
      const answer = await put({ ...STREAMING, 'x-amz-decoded-content-length': length }, chunked());
      expect(answer).toMatchObject({ status: 400, code: 'IncompleteBody' });
    }
    expect(await put(STREAMING, chunked())).toMatchObject({ status: 411, code: 'MissingContentLength' });
  });
});

describe('bodies', () => {
  it('are checked by the hash that was signed, and by Content-MD5', async () => {
    const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect((await put({ 'x-amz-content-sha256': hash }, 'abc')).status).toBe(200);
    expect(await put({ 'x-amz-content-sha256': hash }, 'abd')).toMatchObject({ code: 'XAmzContentSHA256Mismatch' });
    expect((await put({ 'content-md5': 'kAFQmDzST7DWlj99KOF/cg==' }, 'abc')).status).toBe(200);
    expect(await put({ 'content-md5': 'kAFQmDzST7DWlj99KOF/cg==' }, 'abd')).toMatchObject({ code: 'BadDigest' });
    expect(await put({ 'content-md5': 'abc' }, 'abc')).toMatchObject({ code: 'InvalidDigest' });
    expect(await put({ 'x-amz-checksum-constructor': 'abc' }, 'abc')).toMatchObject({ status: 200 });
    expect(await s3.text('raw')).toBe('abc');
  });

  it('that break off change nothing', async () => {
    await put({}, 'before');
    const socket = connect(s3.services.port, '127.0.0.1');
    const head = `PUT /${Bucket}/raw HTTP/1.1\r\nhost: x\r\nauthorization: ${SIGNED.authorization}\r\ncontent-length: 100\r\n\r\n`;
    socket.write(`${head}only this`);
    await expect.poll(() => s3.services.requests.inFlight('s3')).toBe(1);
    socket.resetAndDestroy();
    await once(socket, 'close');
    await expect.poll(() => s3.services.requests.entries.at(-1)).toMatchObject({ operation: 'PutObject', status: 0 });
    expect(await s3.text('raw')).toBe('before');
  });

  it('are taken from clients that wait to be asked for them', async () => {
    const socket = connect(s3.services.port, '127.0.0.1');
    socket.write(
      `PUT /${Bucket}/asked HTTP/1.1\r\nhost: x\r\nauthorization: ${SIGNED.authorization}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n`,
    );
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100 /);
    socket.write('ok');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
    expect(await s3.text('asked')).toBe('ok');
  });
});

describe('requests that S3 refuses', () => {
  const presigned = (query: Record<string, string>) =>
    `?${new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'local/20250101/us-east-1/s3/aws4_request',
      'X-Amz-Date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': '0',
      ...query,
    })}`;

  it.each<[string, string, string, Record<string, string>, number, string]>([
    ['without a signature', 'GET', `/${Bucket}/raw`, {}, 403, 'AccessDenied'],
    [
      'with another kind of it',
      'GET',
      `/${Bucket}/raw`,
      { authorization: 'Basic bG9jYWw6bG9jYWw=' },
      400,
      'AuthorizationHeaderMalformed',
    ],
    [
      'presigned and expired',
      'GET',
      `/${Bucket}/raw${presigned({ 'X-Amz-Date': '20200101T000000Z' })}`,
      {},
      403,
      'AccessDenied',
    ],
    [
      'presigned for too long',
      'GET',
      `/${Bucket}/raw${presigned({ 'X-Amz-Expires': '604801' })}`,
      {},
      400,
      'AuthorizationQueryParametersError',
    ],
    [
      'presigned in part',
      'GET',
      `/${Bucket}/raw${presigned({ 'X-Amz-Date': '' })}`,
      {},
      400,
      'AuthorizationQueryParametersError',
    ],
    ['by a method it does not know', 'PATCH', `/${Bucket}/raw`, SIGNED, 405, 'MethodNotAllowed'],
    ['by a method the resource does not know', 'POST', `/${Bucket}/raw`, SIGNED, 405, 'MethodNotAllowed'],
    ['for what is not here', 'GET', `/${Bucket}?policy`, SIGNED, 501, 'NotImplemented'],
    ['with a path that is no URI', 'GET', `/${Bucket}/%E0%A4%A`, SIGNED, 400, 'InvalidURI'],
    ['with a key that is too long', 'PUT', `/${Bucket}/${'k'.repeat(1025)}`, SIGNED, 400, 'KeyTooLongError'],
    ['without the sum of their keys', 'POST', `/${Bucket}?delete`, SIGNED, 400, 'InvalidRequest'],
  ])('%s', async (_, method, path, headers, status, code) => {
    expect(await send(method, path, headers)).toMatchObject({ status, code });
    expect(s3.services.requests.entries.at(-1)).toMatchObject({ service: 's3', status, errorCode: code });
  });

  it('as XML that is none', async () => {
    const md5 = 'zS+i6k5VvJ9lvwUNxRmEmg==';
    const answer = await send('POST', `/${Bucket}?delete`, { ...SIGNED, 'content-md5': md5 }, '<Delete>');
    expect(answer.code).toMatch(/^(?:BadDigest|MalformedXML)$/);
    expect(await send('PUT', '/another', SIGNED, '<x')).toMatchObject({ status: 400, code: 'MalformedXML' });
  });

  it('tell what they were, and by which id', async () => {
    const answer = await send('GET', `/${Bucket}/no%3Cway`, SIGNED);
    expect(answer.text).toContain('<Key>no&lt;way</Key>');
    const id = answer.headers.get('x-amz-request-id') ?? 'none';
    expect(answer.text).toContain(`<RequestId>${id}</RequestId>`);
    expect(s3.services.requests.entries.at(-1)?.requestId).toBe(id);
  });
});
