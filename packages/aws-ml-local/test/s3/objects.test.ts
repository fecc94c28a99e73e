import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, type Fixture, startFixture } from '../sdk-clients.js';

const Bucket = 'data';
let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => fixture.close());

const bytesOf = async (Key: string, Range?: string) => {
  const { Body } = await fixture.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

describe('objects', () => {
  it('come back as they were put', async () => {
    const body = randomBytes(3_000_000);
    const put = await fixture.s3.send(
      new PutObjectCommand({ Bucket, Key: 'a b/ü+%&=.csv', Body: body, ContentType: 'text/csv', Metadata: { n: '1' } }),
    );
    const answer = await fixture.s3.send(new GetObjectCommand({ Bucket, Key: 'a b/ü+%&=.csv' }));
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(answer).toMatchObject({ ETag: put.ETag, ContentType: 'text/csv', Metadata: { n: '1' }, ContentLength: 3e6 });
    expect(answer.ChecksumCRC32).toBe(put.ChecksumCRC32);
  });

  it('may be streams, whose checksum comes behind them', async () => {
    const Body = Readable.from([Buffer.from('one'), Buffer.from('two')]);
    const put = await fixture.s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 6 }));
    expect(put.ChecksumCRC32).toBeDefined();
    expect((await bytesOf('stream')).toString()).toBe('onetwo');
  });

  it('are read in ranges', async () => {
    await fixture.s3.send(new PutObjectCommand({ Bucket, Key: 'digits', Body: '0123456789' }));
    expect((await bytesOf('digits', 'bytes=2-4')).toString()).toBe('234');
    expect((await bytesOf('digits', 'bytes=7-')).toString()).toBe('789');
    expect((await bytesOf('digits', 'bytes=-2')).toString()).toBe('89');
    expect((await bytesOf('digits', 'bytes=8-100')).toString()).toBe('89');
    expect(await errorOf(bytesOf('digits', 'bytes=10-'))).toMatchObject({ name: 'InvalidRange' });
  });

  it('are told of without their bytes', async () => {
    await fixture.s3.send(new PutObjectCommand({ Bucket, Key: 'told', Body: 'x'.repeat(77) }));
    expect(await fixture.s3.send(new HeadObjectCommand({ Bucket, Key: 'told' }))).toMatchObject({ ContentLength: 77 });
    await fixture.s3.send(new DeleteObjectCommand({ Bucket, Key: 'told' }));
    const head = fixture.s3.send(new HeadObjectCommand({ Bucket, Key: 'told' }));
    expect(await errorOf(head)).toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
    expect(await errorOf(bytesOf('told'))).toMatchObject({ name: 'NoSuchKey' });
  });

  it('need a bucket', async () => {
    const put = fixture.s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'a', Body: 'x' }));
    expect(await errorOf(put)).toMatchObject({ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } });
  });

  it('come together of parts', async () => {
    const Key = 'parts';
    const bodies = [randomBytes(5 * 1024 * 1024), randomBytes(6_000_000), randomBytes(10)];
    const { UploadId } = await fixture.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag, ChecksumCRC32 } = await fixture.s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
      );
      Parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
    const { ETag } = await fixture.s3.send(complete);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await bytesOf(Key)).equals(Buffer.concat(bodies))).toBe(true);
    expect((await bytesOf(Key, 'bytes=5242870-5242889')).equals(Buffer.concat(bodies).subarray(5242870, 5242890))).toBe(
      true,
    );
  });
});
