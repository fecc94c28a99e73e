import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../sdk-clients.js';
import { Bucket, createBucket, type S3Fixture, startS3 } from './s3-fixture.js';

let s3: S3Fixture;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
afterEach(() => s3.services.resetRequests());

describe('objects', () => {
  it('come back as they were put', async () => {
    const Body = randomBytes(3_000_000);
    const Key = 'a b/ü+%&=.csv';
    const put = await s3.s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body,
        ContentType: 'text/csv',
        Metadata: { n: '1' },
        ContentEncoding: 'gzip',
      }),
    );
    const answer = await s3.s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    const { ETag, ChecksumCRC32 } = put;
    expect(answer).toMatchObject({
      ETag,
      ChecksumCRC32,
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      Metadata: { n: '1' },
      ContentLength: 3e6,
      ServerSideEncryption: 'AES256',
      AcceptRanges: 'bytes',
    });
    expect(s3.services.requests.entries).toMatchObject([
      { service: 's3', operation: 'PutObject', target: `${Bucket}/${Key}`, status: 200 },
      { service: 's3', operation: 'GetObject', target: `${Bucket}/${Key}`, status: 200 },
    ]);
  });

  it('may be streams, whose checksum comes behind them', async () => {
    const Body = Readable.from([Buffer.from('one'), Buffer.from('two')]);
    const input = { Bucket, Key: 'stream', Body, ContentLength: 6, ContentEncoding: 'gzip' };
    const put = await s3.s3.send(new PutObjectCommand(input));
    expect(put.ChecksumCRC32).toBeDefined();
    const answer = await s3.s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect(answer).toMatchObject({ ContentEncoding: 'gzip', ChecksumCRC32: put.ChecksumCRC32 });
    expect(await answer.Body?.transformToString()).toBe('onetwo');
  });

  it.each([ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256])(
    'are checked by %s',
    async (name) => {
      const put = await s3.s3.send(
        new PutObjectCommand({ Bucket, Key: name, Body: 'checked', ChecksumAlgorithm: name }),
      );
      const head = await s3.s3.send(new HeadObjectCommand({ Bucket, Key: name, ChecksumMode: 'ENABLED' }));
      const member = `Checksum${name}` as 'ChecksumSHA1';
      expect(head[member]).toBe(put[member]);
      expect(head[member]).toBeDefined();
      const wrong = new PutObjectCommand({ Bucket, Key: name, Body: 'other', [member]: put[member] });
      expect(await errorOf(s3.s3.send(wrong))).toMatchObject({ name: 'BadDigest' });
      expect(await s3.text(name)).toBe('checked');
    },
  );

  it('are read in ranges', async () => {
    await s3.put('digits', '0123456789');
    for (const [range, expected] of [
      ['bytes=2-4', '234'],
      ['bytes=7-', '789'],
      ['bytes=-2', '89'],
      ['bytes=8-100', '89'],
      ['bytes=-100', '0123456789'],
      ['bytes=5-4', '0123456789'],
      ['lines=1-2', '0123456789'],
    ] as const) {
      expect((await s3.bytes('digits', range)).toString()).toBe(expected);
    }
    for (const range of ['bytes=10-', 'bytes=-0', 'bytes=10-20']) {
      const error = await errorOf(s3.bytes('digits', range));
      expect(error).toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
    }
  });

  it('are told of without their bytes', async () => {
    await s3.put('told', 'x'.repeat(77));
    expect(await s3.s3.send(new HeadObjectCommand({ Bucket, Key: 'told' }))).toMatchObject({ ContentLength: 77 });
    await s3.s3.send(new DeleteObjectCommand({ Bucket, Key: 'told' }));
    const head = s3.s3.send(new HeadObjectCommand({ Bucket, Key: 'told' }));
    expect(await errorOf(head)).toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
    expect(await errorOf(s3.text('told'))).toMatchObject({ name: 'NoSuchKey' });
  });

  it('are read and written under conditions', async () => {
    const etag = await s3.put('conditions', 'one');
    const get = (input: object) => s3.s3.send(new GetObjectCommand({ Bucket, Key: 'conditions', ...input }));
    expect((await get({ IfMatch: etag })).ETag).toBe(etag);
    expect(await errorOf(get({ IfMatch: '"0"' }))).toMatchObject({ name: 'PreconditionFailed' });
    expect(await errorOf(get({ IfNoneMatch: etag }))).toMatchObject({ $metadata: { httpStatusCode: 304 } });
    expect(await errorOf(get({ IfModifiedSince: new Date() }))).toMatchObject({ $metadata: { httpStatusCode: 304 } });
    const anew = errorOf(s3.put('conditions', 'two', { IfNoneMatch: '*' }));
    expect(await anew).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    expect(await errorOf(s3.put('conditions', 'two', { IfMatch: '"0"' }))).toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await errorOf(s3.put('nothing', 'two', { IfMatch: etag }))).toMatchObject({ name: 'NoSuchKey' });
    await s3.put('conditions', 'two', { IfMatch: etag });
    expect(await s3.text('conditions')).toBe('two');
  });

  it('are written by one of many that ask for there to be none', async () => {
    const writers = Array.from({ length: 20 }, (_, index) => s3.put('one', String(index), { IfNoneMatch: '*' }));
    const outcomes = await Promise.allSettled(writers);
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [String(index)] : []));
    expect(winners).toEqual([await s3.text('one')]);
  });

  it('are copied, with their headers or with others', async () => {
    await s3.put('from/a b+ü', 'copied', { ContentType: 'text/csv', Metadata: { a: 'b' } });
    const CopySource = `${Bucket}/${encodeURIComponent('from/a b+ü')}`;
    const copy = (Key: string, more: object) => s3.s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
    await copy('to', {});
    await copy('to/other', { MetadataDirective: 'REPLACE', Metadata: { c: 'd' }, ContentType: 'text/plain' });
    const head = (Key: string) => s3.s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(await head('to')).toMatchObject({ ContentType: 'text/csv', Metadata: { a: 'b' }, ContentLength: 6 });
    expect(await head('to/other')).toMatchObject({ ContentType: 'text/plain', Metadata: { c: 'd' } });
    expect(await errorOf(copy('x', { CopySource: `${Bucket}/nope` }))).toMatchObject({ name: 'NoSuchKey' });
    const unmet = copy('x', { CopySourceIfMatch: '"0"' });
    expect(await errorOf(unmet)).toMatchObject({ name: 'PreconditionFailed' });
  });

  it('have tags', async () => {
    await s3.put('tagged', 'x', { Tagging: 'a=1&b=x%20y' });
    const { TagSet } = await s3.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'x y' },
    ]);
    expect(await s3.s3.send(new GetObjectCommand({ Bucket, Key: 'tagged' }))).toMatchObject({ TagCount: 2 });
  });

  it('are deleted many at once', async () => {
    for (const key of ['d/1', 'd/2 <&>']) await s3.put(key, 'x');
    const Objects = [{ Key: 'd/1' }, { Key: 'd/2 <&>' }, { Key: 'd/3' }];
    const answer = await s3.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect([answer.Deleted, answer.Errors]).toEqual([Objects, undefined]);
    const quiet = await s3.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    expect(quiet.Deleted).toBeUndefined();
    expect((await s3.keys()).filter((key) => key.startsWith('d/'))).toEqual([]);
  });
});

describe('buckets', () => {
  it('are in the region of the services', async () => {
    const own = await startS3({ region: 'eu-central-1' });
    const { BucketRegion } = await own.s3.send(new HeadBucketCommand({ Bucket }));
    const { LocationConstraint } = await own.s3
      .send(new GetBucketLocationCommand({ Bucket }))
      .finally(() => own.close());
    expect([BucketRegion, LocationConstraint]).toEqual(['eu-central-1', 'eu-central-1']);
  });

  it('have to be there', async () => {
    const put = s3.s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'a', Body: 'x' }));
    expect(await errorOf(put)).toMatchObject({
      name: 'NoSuchBucket',
      BucketName: 'nowhere',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('are made once, and go when they are empty', async () => {
    await s3.s3.send(createBucket('another'));
    expect(await errorOf(s3.s3.send(createBucket('another')))).toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
    await s3.s3.send(new PutObjectCommand({ Bucket: 'another', Key: 'a', Body: 'x' }));
    const remove = () => s3.s3.send(new DeleteBucketCommand({ Bucket: 'another' }));
    expect(await errorOf(remove())).toMatchObject({ name: 'BucketNotEmpty', $metadata: { httpStatusCode: 409 } });
    await s3.s3.send(new DeleteObjectCommand({ Bucket: 'another', Key: 'a' }));
    await remove();
    expect(await errorOf(remove())).toMatchObject({ name: 'NoSuchBucket' });
  });

  it.each(['ab', 'Upper', 'a_b', '-ab', 'ab-', 'a..b', '192.168.0.1', 'a'.repeat(64)])(
    'are not called %s',
    async (name) => {
      const error = await errorOf(s3.s3.send(createBucket(name)));
      expect(error).toMatchObject({ name: 'InvalidBucketName', $metadata: { httpStatusCode: 400 } });
    },
  );

  it.each(['model', 'endpoints'])('may be called %s, like the paths of other services', async (name) => {
    await s3.s3.send(createBucket(name));
    const input = { Bucket: name, Key: 'a/invocations' };
    await s3.s3.send(new PutObjectCommand({ ...input, Body: 'x' }));
    const { Body } = await s3.s3.send(new GetObjectCommand(input));
    expect(await Body?.transformToString()).toBe('x');
  });

  it('are named by the host as well', async () => {
    const client = new S3Client({
      endpoint: `http://localhost:${s3.services.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    // Not every machine resolves names below localhost.
    client.middlewareStack.add(
      (next) => (args: { request?: unknown; input: object }) => {
        Object.assign(args.request as object, { hostname: '127.0.0.1' });
        return next(args as never);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new PutObjectCommand({ Bucket, Key: 'by host', Body: 'x' })).finally(() => client.destroy());
    expect(await s3.text('by host')).toBe('x');
  });
});
