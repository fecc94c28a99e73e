import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../sdk-clients.js';
import { Bucket, type S3Fixture, startS3 } from './s3-fixture.js';

const MIB = 1024 * 1024;
let s3: S3Fixture;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
afterEach(() => {
  s3.services.setFaults();
  s3.services.resetRequests();
});

const create = async (Key: string, more: object = {}) =>
  (await s3.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';

async function part(Key: string, UploadId: string, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const input = { Bucket, Key, UploadId, PartNumber, Body };
  const { ETag, ChecksumCRC32 } = await s3.s3.send(new UploadPartCommand(input));
  return { PartNumber, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
}

const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  s3.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

const openUploads = async () =>
  ((await s3.s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).map(({ Key }) => Key);

describe('uploads in parts', () => {
  it('come together, in the order of their numbers', async () => {
    const bodies = [randomBytes(5 * MIB), randomBytes(6_000_000), randomBytes(10)];
    const id = await create('parts', { ChecksumAlgorithm: 'CRC32', ContentType: 'text/csv', Metadata: { a: 'b' } });
    const parts = [];
    for (const number of [3, 1, 2]) parts[number - 1] = await part('parts', id, number, bodies[number - 1] as Buffer);
    const { ETag, ChecksumCRC32 } = await complete('parts', id, parts);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(ChecksumCRC32).toMatch(/-3$/);
    const whole = Buffer.concat(bodies);
    expect((await s3.bytes('parts')).equals(whole)).toBe(true);
    const border = 5 * MIB;
    expect(
      (await s3.bytes('parts', `bytes=${border - 9}-${border + 9}`)).equals(whole.subarray(border - 9, border + 10)),
    ).toBe(true);
    const head = await s3.s3.send(new HeadObjectCommand({ Bucket, Key: 'parts', PartNumber: 2 }));
    expect(head).toMatchObject({
      ContentLength: 6_000_000,
      PartsCount: 3,
      ContentType: 'text/csv',
      Metadata: { a: 'b' },
    });
  });

  it('hold the part that came last of each number, and only those that are asked for', async () => {
    const id = await create('again');
    await part('again', id, 1, Buffer.from('first'));
    await part('again', id, 2, Buffer.from('left out'));
    const last = await part('again', id, 1, Buffer.from('second'));
    await complete('again', id, [last]);
    expect(await s3.text('again')).toBe('second');
  });

  it('are complete when they are completed again, for instance because the answer was lost', async () => {
    const id = await create('twice');
    const parts = [await part('twice', id, 1, Buffer.from('x'))];
    s3.services.setFaults({ s3: { truncate: 1 } });
    const { ETag } = await complete('twice', id, parts);
    expect(s3.services.requests.entries.slice(-2)).toMatchObject(
      Array.from({ length: 2 }, () => ({ operation: 'CompleteMultipartUpload', status: 200 })),
    );
    expect((await complete('twice', id, parts)).ETag).toBe(ETag);
    expect(await s3.text('twice')).toBe('x');
  });

  it('are refused with parts that are missing, wrong, too small or out of order', async () => {
    const id = await create('wrong');
    const [one, two] = [await part('wrong', id, 1, Buffer.from('1')), await part('wrong', id, 2, Buffer.from('2'))];
    const refused = async (parts: CompletedPart[]) => (await errorOf(complete('wrong', id, parts))).name;
    expect(await refused([two, one])).toBe('InvalidPartOrder');
    expect(await refused([one, one])).toBe('InvalidPartOrder');
    expect(await refused([one, { ...two, ETag: one.ETag }])).toBe('InvalidPart');
    expect(await refused([{ ...one, ChecksumCRC32: 'AAAAAA==' }])).toBe('InvalidPart');
    expect(await refused([one, { PartNumber: 3, ETag: '"x"' }])).toBe('InvalidPart');
    expect(await refused([one, two])).toBe('EntityTooSmall');
    expect(await refused([])).toBe('MalformedXML');
    const unmet = complete('wrong', id, [one], { IfMatch: '"x"' });
    expect(await errorOf(unmet)).toMatchObject({ name: 'NoSuchKey' });
    for (const number of [0, 10_001]) {
      expect((await errorOf(part('wrong', id, number, Buffer.from('x')))).name).toBe('InvalidArgument');
    }
    expect((await errorOf(s3.text('wrong'))).name).toBe('NoSuchKey');
    await complete('wrong', id, [two]);
    expect(await s3.text('wrong')).toBe('2');
  });

  it('are listed, page by page', async () => {
    const id = await create('listed/a');
    const other = await create('listed/b');
    for (const number of [1, 2, 3]) await part('listed/a', id, number, Buffer.from('x'));
    const parts = (input: object) =>
      s3.s3.send(new ListPartsCommand({ Bucket, Key: 'listed/a', UploadId: id, MaxParts: 2, ...input }));
    expect(await parts({})).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
    expect((await parts({ PartNumberMarker: '2' })).Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
    const uploads = (input: object) =>
      s3.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed/', MaxUploads: 1, ...input }));
    const { NextKeyMarker, NextUploadIdMarker, Uploads } = await uploads({});
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['listed/a']);
    const more = await uploads({ KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker });
    expect([more.Uploads?.map(({ UploadId }) => UploadId), more.IsTruncated]).toEqual([[other], false]);
    for (const [Key, UploadId] of [
      ['listed/a', id],
      ['listed/b', other],
    ]) {
      await s3.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
    const gone = s3.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'listed/a', UploadId: id }));
    expect(await errorOf(gone)).toMatchObject({ name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } });
  });
});

/** Blocks that differ, of `size` bytes altogether. */
async function* blocks(size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; at += MIB) yield Buffer.alloc(Math.min(MIB, size - at), String(at));
}

describe("lib-storage's Upload", () => {
  const upload = (Key: string, Body: Readable) =>
    new Upload({ client: s3.s3, params: { Bucket, Key, Body }, partSize: 5 * MIB, queueSize: 3 });

  it.each(['the network is fine', 'parts are reset in the middle', 'parts are throttled'])(
    'sends a stream where %s',
    async (what) => {
      if (what.includes('reset')) s3.services.setFaults({ s3: { reset: { every: 4 } } });
      if (what.includes('throttled')) s3.services.setFaults({ s3: { throttle: { every: 4 } } });
      const size = 22 * MIB + 5;
      await upload('streamed', Readable.from(blocks(size))).done();
      s3.services.setFaults();
      const chunks = [];
      for await (const block of blocks(size)) chunks.push(block);
      expect((await s3.bytes('streamed')).equals(Buffer.concat(chunks))).toBe(true);
    },
  );

  it('leaves nothing behind of a stream that breaks off', async () => {
    async function* breaking() {
      yield* blocks(11 * MIB);
      throw new Error('the rows have ended early');
    }
    await expect(upload('broken', Readable.from(breaking())).done()).rejects.toThrow('ended early');
    expect(await openUploads()).not.toContain('broken');
    expect(await s3.keys()).not.toContain('broken');
  });
});
