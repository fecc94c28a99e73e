import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../sdk-clients.js';
import { Bucket, type S3Fixture, SIGNED, startS3 } from './s3-fixture.js';

const KEYS = ['a/1', 'a/2', 'a/b/3', 'b', 'c d+ü', 'c/"<&>', 'tab\u0001key', '\uffee', '😀'];
let s3: S3Fixture;
beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket, 'many'] });
  for (const key of KEYS.toReversed()) await s3.put(key, key);
});
afterAll(() => s3.close());

const list = (input: Partial<ListObjectsV2CommandInput>) => s3.s3.send(new ListObjectsV2Command({ Bucket, ...input }));

describe('listings', () => {
  it('are in the order of bytes, and hold what was put', async () => {
    const { Contents = [], KeyCount, IsTruncated, MaxKeys } = await list({});
    expect(Contents.map(({ Key }) => Key)).toEqual(KEYS);
    expect([KeyCount, IsTruncated, MaxKeys]).toEqual([KEYS.length, false, 1000]);
    expect(Contents[0]).toMatchObject({ Size: 3, StorageClass: 'STANDARD', ETag: expect.stringMatching(/^"\w{32}"$/) });
    expect(Math.abs(Number(Contents[0]?.LastModified) - Date.now())).toBeLessThan(600_000);
  });

  it('roll up what goes on after a delimiter', async () => {
    const { Contents, CommonPrefixes, KeyCount } = await list({ Delimiter: '/' });
    expect(CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c/' }]);
    expect(Contents?.map(({ Key }) => Key)).toEqual(KEYS.filter((key) => !key.includes('/')));
    expect(KeyCount).toBe(7);
    const inner = await list({ Delimiter: '/', Prefix: 'a/' });
    expect(inner.CommonPrefixes).toEqual([{ Prefix: 'a/b/' }]);
    expect(inner.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  });

  it('begin where they are asked to', async () => {
    expect((await list({ StartAfter: 'b' })).Contents?.[0]?.Key).toBe('c d+ü');
    expect((await list({ Prefix: 'nothing' })).KeyCount).toBe(0);
    const { Contents, EncodingType } = await list({ Prefix: 'c ', EncodingType: 'url' });
    expect([Contents?.[0]?.Key, EncodingType]).toEqual(['c%20d%2B%C3%BC', 'url']);
  });

  it('of the first version have markers', async () => {
    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const input = { Bucket, Delimiter: '/', MaxKeys: 2, ...(Marker !== undefined && { Marker }) };
      const { Contents = [], CommonPrefixes = [], NextMarker } = await s3.s3.send(new ListObjectsCommand(input));
      found.push(...CommonPrefixes.map(({ Prefix }) => Prefix), ...Contents.map(({ Key }) => Key));
      Marker = NextMarker;
    } while (Marker !== undefined);
    expect(found.sort()).toEqual([...KEYS.filter((key) => !key.includes('/')), 'a/', 'c/'].sort());
  });

  it('refuse what makes no sense', async () => {
    expect(await errorOf(list({ ContinuationToken: '!' }))).toMatchObject({ name: 'InvalidArgument' });
    expect(await errorOf(list({ MaxKeys: -1 }))).toMatchObject({ name: 'InvalidArgument' });
    expect(await errorOf(list({ Bucket: 'nowhere' }))).toMatchObject({ name: 'NoSuchBucket' });
    expect((await list({ MaxKeys: 5000 })).MaxKeys).toBe(1000);
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('go on over pages while objects come and go', async () => {
    const key = (index: number) => `k/${String(index).padStart(5, '0')}`;
    // The SDK would take most of the time that this needs.
    const put = async (index: number) => {
      const url = `${s3.services.url}/many/${key(index)}`;
      await (await fetch(url, { method: 'PUT', headers: SIGNED, body: 'x' })).arrayBuffer();
    };
    const COUNT = 700;
    for (let at = 0; at < COUNT; at += 20) await Promise.all(Array.from({ length: 20 }, (_, index) => put(at + index)));
    const found: string[] = [];
    const pages = paginateListObjectsV2({ client: s3.s3, pageSize: 300 }, { Bucket: 'many', Prefix: 'k/' });
    for await (const { Contents = [] } of pages) {
      found.push(...Contents.map(({ Key = '' }) => Key));
      await s3.put(`k/0000${found.length}`, 'comes before the page', { Bucket: 'many' });
    }
    expect(found).toEqual(Array.from({ length: COUNT }, (_, index) => key(index)));
  });
});
