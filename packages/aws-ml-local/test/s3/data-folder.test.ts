import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { DeleteBucketCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalServices } from '../../src/index.js';
import { Bucket, createBucket, type S3Fixture, startS3 } from './s3-fixture.js';

let data: string;
let s3: S3Fixture;
const start = async () => {
  s3 = await startS3({ data });
};
beforeEach(async () => {
  data = join(await mkdtemp(join(tmpdir(), 'aws-ml-local-s3-')), 'data');
  await start();
});
afterEach(async () => {
  await s3.close();
  await rm(dirname(data), { recursive: true });
});
const again = async () => {
  await s3.close();
  await start();
};
const bytesFiles = () => readdir(join(data, Bucket, 'bytes'));

describe('objects in a folder', () => {
  it('are there when the services start again', async () => {
    const big = randomBytes(6 * 1024 * 1024);
    const { s3: client } = s3;
    await new Upload({ client, params: { Bucket, Key: 'big', Body: Readable.from([big]) } }).done();
    const etag = await s3.put('small', 'x', { ContentType: 'text/csv', Metadata: { a: 'ü' }, Tagging: 'a=b' });
    await s3.put('gone', 'x');
    await s3.s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    await s3.s3.send(createBucket('another'));
    await s3.s3.send(createBucket('removed'));
    await s3.s3.send(new DeleteBucketCommand({ Bucket: 'removed' }));
    const before = await s3.s3.send(new HeadObjectCommand({ Bucket, Key: 'big' }));
    await again();
    expect(await s3.keys()).toEqual(['big', 'small']);
    expect((await s3.bytes('big')).equals(big)).toBe(true);
    const head = await s3.s3.send(new HeadObjectCommand({ Bucket, Key: 'big' }));
    expect([head.ETag, head.LastModified]).toEqual([before.ETag, before.LastModified]);
    expect(await s3.s3.send(new GetObjectCommand({ Bucket, Key: 'small' }))).toMatchObject({
      ETag: etag,
      ContentType: 'text/csv',
      TagCount: 1,
    });
    expect((await readdir(data)).sort()).toEqual(['another', Bucket]);
  });

  it.each([
    '..',
    '../../escaped',
    '/etc/x',
    'a/',
    'a//b',
    'k'.repeat(1024),
    '😀'.repeat(256),
    'CON',
    'a\\..\\b',
    '.',
    'con.json',
  ])('may have any key: %.20s', async (key) => {
    await s3.put(key, key);
    await again();
    expect([await s3.keys(), await s3.text(key)]).toEqual([[key], key]);
    expect(await readdir(dirname(data))).toEqual(['data']);
    expect((await readdir(data)).concat(await readdir(join(data, Bucket)))).toEqual([
      Bucket,
      'bucket.json',
      'bytes',
      'objects',
    ]);
  });

  it('leave nothing behind when they are replaced, refused or deleted', async () => {
    for (const body of ['1', '2', '3']) await s3.put('key', body);
    await s3.put('key', '4', { ContentMD5: '1B2M2Y8AsgTpgAmY7PhCfg==' }).catch(() => {});
    await s3.put('key', '5', { IfNoneMatch: '*' }).catch(() => {});
    expect([await s3.text('key'), (await bytesFiles()).length]).toEqual(['3', 1]);
    await s3.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(await bytesFiles()).toEqual([]);
    expect(await readdir(join(data, Bucket, 'objects'))).toEqual([]);
  });

  it('are read to their end although they are replaced meanwhile', async () => {
    const [before, after] = [randomBytes(12_000_000), randomBytes(1000)];
    await s3.put('key', before);
    const { Body } = await s3.s3.send(new GetObjectCommand({ Bucket, Key: 'key' }));
    const chunks: Buffer[] = [];
    for await (const chunk of Body as Readable) {
      if (chunks.length === 0) await s3.put('key', after);
      chunks.push(chunk as Buffer);
    }
    expect(Buffer.concat(chunks).equals(before)).toBe(true);
    expect((await s3.bytes('key')).equals(after)).toBe(true);
    await expect.poll(bytesFiles).toHaveLength(1);
  });

  it('are one of those that were written at once, and whole', async () => {
    const bodies = Array.from({ length: 20 }, () => randomBytes(200_000));
    await Promise.all(bodies.map((body) => s3.put('key', body)));
    const written = await s3.bytes('key');
    expect(bodies.some((body) => body.equals(written))).toBe(true);
    await again();
    expect((await s3.bytes('key')).equals(written)).toBe(true);
    expect(await bytesFiles()).toHaveLength(1);
  });

  it('of a process that was killed are swept up once they are old', async () => {
    await s3.put('key', 'x');
    const [left, young] = ['left', 'young'].map((name) => join(data, Bucket, 'bytes', name)) as [string, string];
    await writeFile(left, 'x');
    await writeFile(young, 'x');
    const old = new Date(Date.now() - 48 * 3600 * 1000);
    await utimes(left, old, old);
    await again();
    expect((await bytesFiles()).filter((name) => name.length < 10)).toEqual(['young']);
    expect(await s3.text('key')).toBe('x');
  });

  it('come into a bucket that is made anew while the one of its name is deleted', async () => {
    const remove = () => s3.s3.send(new DeleteBucketCommand({ Bucket }));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([remove(), s3.s3.send(createBucket(Bucket)).catch(() => {})]);
      await s3.s3.send(createBucket(Bucket)).catch(() => {});
      await s3.put('key', String(round));
      await again();
      expect(await s3.text('key')).toBe(String(round));
      await s3.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    }
    expect(await readdir(data)).toEqual([Bucket]);
  });

  it('need a folder', async () => {
    await writeFile(join(dirname(data), 'file'), '');
    const started = startLocalServices({ data: 'file', baseDirectory: dirname(data) });
    await expect(started).rejects.toThrow(/^data: objects can't be kept in .*file \(EEXIST\)$/);
  });
});
