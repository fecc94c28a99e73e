import { createHash, randomBytes } from 'node:crypto';
import { noSuchBucket, noSuchKey, s3Error } from '../services/s3.js';
import { Bucket } from './bucket.js';
import { compareKeys, firstIndex } from './key-order.js';
import { listPage, type Page, type PageRequest } from './list-page.js';
import { type MultipartUpload, multipartEtag, type UploadedPart } from './multipart-upload.js';
import type { ByteRange, ObjectFacts, ObjectHeaders, ObjectStore } from './object-store.js';
import type { Storage, StoredBytes, StoredObject } from './storage.js';

/** An object as it is at a moment: writing its key anew changes nothing of it. */
export interface ObjectSnapshot {
  readonly facts: ObjectFacts;
  /** Of the parts that it was uploaded in; of itself where it was put as a whole. */
  readonly partSizes: readonly number[];
  read(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** Throws where the object may not be replaced by another one. Called when it is about to be. */
export type Precondition = (current: ObjectFacts | undefined) => void;

/** A body, its size and what hashing it has given. */
interface WrittenBytes {
  readonly bytes: StoredBytes;
  readonly etag: string;
}

/** How many uploads are remembered after they are complete, so that completing them again gives the same answer. */
const REMEMBERED_UPLOADS = 1_000;

/** Buckets and objects as S3 has them, in whatever storage. Errors are S3's. */
export class LocalObjectStore implements ObjectStore {
  private readonly byName = new Map<string, Bucket>();
  private readonly completed = new Map<string, ObjectFacts>();

  private constructor(private readonly storage: Storage) {}

  static async open(storage: Storage): Promise<LocalObjectStore> {
    const store = new LocalObjectStore(storage);
    for (const bucket of await storage.load()) store.byName.set(bucket.name, new Bucket(bucket));
    return store;
  }

  async createBucket(name: string): Promise<void> {
    if (this.byName.has(name)) throw s3Error('BucketAlreadyOwnedByYou', { BucketName: name });
    const bucket = new Bucket({ name, createdAt: new Date(), objects: [] });
    this.byName.set(name, bucket);
    try {
      await bucket.inTurn(() => this.storage.addBucket(name, bucket.createdAt));
    } catch (error) {
      this.byName.delete(name);
      throw error;
    }
  }

  async deleteBucket(name: string): Promise<void> {
    await this.change(name, async (bucket) => {
      if (bucket.keys.length > 0) throw s3Error('BucketNotEmpty', { BucketName: name });
      await this.storage.removeBucket(name);
      this.byName.delete(name);
    });
  }

  async buckets() {
    return [...this.byName.values()].sort((a, b) => compareKeys(a.name, b.name));
  }

  async hasBucket(name: string): Promise<boolean> {
    return this.byName.has(name);
  }

  async put(
    name: string,
    key: string,
    body: AsyncIterable<Uint8Array>,
    headers: ObjectHeaders = {},
    precondition: Precondition = () => {},
  ): Promise<ObjectFacts> {
    const { bytes, etag } = await this.write(this.bucket(name).name, body);
    const { size } = bytes;
    // Only now: checksums may have come behind the body.
    const facts = { bucket: name, key, size, etag, lastModified: new Date(), headers: { ...headers } };
    try {
      await this.replace({ facts, pieces: [bytes] }, precondition);
    } catch (error) {
      await bytes.discard();
      throw error;
    }
    return facts;
  }

  async head(bucket: string, key: string): Promise<ObjectFacts | undefined> {
    return this.snapshot(bucket, key)?.facts;
  }

  snapshot(bucket: string, key: string): ObjectSnapshot | undefined {
    const object = this.bucket(bucket).get(key);
    if (object === undefined) return undefined;
    const partSizes = object.pieces.map(({ size }) => size);
    return { facts: object.facts, partSizes, read: (range) => readPieces(object, range) };
  }

  async *read(bucket: string, key: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    const object = this.snapshot(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    yield* object.read(range);
  }

  async delete(name: string, key: string, precondition: Precondition = () => {}): Promise<void> {
    await this.change(name, async (bucket) => {
      precondition(bucket.get(key)?.facts);
      if (bucket.get(key) === undefined) return;
      await this.storage.forget(name, key);
      await discard(bucket.remove(key)?.pieces ?? []);
    });
  }

  async list(name: string, prefix = ''): Promise<readonly ObjectFacts[]> {
    const { keys } = this.bucket(name);
    const from = firstIndex(keys, (key) => compareKeys(key, prefix) >= 0);
    const found: ObjectFacts[] = [];
    for (let at = from; at < keys.length && keys[at]?.startsWith(prefix); at += 1) {
      found.push(this.bucket(name).get(keys[at] as string)?.facts as ObjectFacts);
    }
    return found;
  }

  page(bucket: string, request: PageRequest): Page {
    return listPage(this.bucket(bucket).keys, request);
  }

  /** Replaces an object's headers and nothing else. */
  async changeHeaders(name: string, key: string, change: (headers: ObjectHeaders) => ObjectHeaders): Promise<void> {
    await this.change(name, async (bucket) => {
      const object = bucket.get(key);
      if (object === undefined) throw noSuchKey(key);
      const changed = { ...object, facts: { ...object.facts, headers: change(object.facts.headers) } };
      await this.storage.save(changed);
      bucket.set(changed);
    });
  }

  uploads(bucket: string): readonly MultipartUpload[] {
    return [...this.bucket(bucket).uploads.values()];
  }

  createUpload(bucket: string, key: string, headers: ObjectHeaders): MultipartUpload {
    const id = randomBytes(24).toString('base64url');
    const upload = { id, key, headers, initiatedAt: new Date(), parts: new Map() };
    this.bucket(bucket).uploads.set(id, upload);
    return upload;
  }

  upload(bucket: string, key: string, id: string): MultipartUpload {
    const upload = this.bucket(bucket).uploads.get(id);
    if (upload?.key !== key) throw s3Error('NoSuchUpload', { UploadId: id });
    return upload;
  }

  async putPart(
    bucket: string,
    { id, key }: MultipartUpload,
    number: number,
    body: AsyncIterable<Uint8Array>,
    headers: ObjectHeaders,
  ): Promise<UploadedPart> {
    const { bytes, etag } = await this.write(bucket, body);
    const { size } = bytes;
    const part = { number, size, etag, lastModified: new Date(), headers: { ...headers }, bytes };
    try {
      const { parts } = this.upload(bucket, key, id);
      const before = parts.get(number);
      parts.set(number, part);
      await before?.bytes.discard();
    } catch (error) {
      await bytes.discard();
      throw error;
    }
    return part;
  }

  /** Makes an object of parts, without copying them; those that are left out are discarded. */
  async completeUpload(
    bucket: string,
    upload: MultipartUpload,
    chosen: readonly UploadedPart[],
    headers: ObjectHeaders,
    precondition: Precondition = () => {},
  ): Promise<ObjectFacts> {
    const size = chosen.reduce((sum, part) => sum + part.size, 0);
    const etag = multipartEtag(chosen);
    const facts = { bucket, key: upload.key, size, etag, lastModified: new Date(), headers };
    await this.replace({ facts, pieces: chosen.map(({ bytes }) => bytes) }, (current) => {
      this.upload(bucket, upload.key, upload.id);
      precondition(current);
      this.bucket(bucket).uploads.delete(upload.id);
    });
    await discard([...upload.parts.values()].filter((part) => !chosen.includes(part)).map(({ bytes }) => bytes));
    this.completed.set(upload.id, facts);
    const [oldest] = this.completed.keys();
    if (this.completed.size > REMEMBERED_UPLOADS && oldest !== undefined) this.completed.delete(oldest);
    return facts;
  }

  /** The object that an upload has become. */
  completedUpload(bucket: string, key: string, id: string): ObjectFacts | undefined {
    const facts = this.completed.get(id);
    return facts?.bucket === bucket && facts.key === key ? facts : undefined;
  }

  async abortUpload(bucket: string, { id, parts }: MultipartUpload): Promise<void> {
    this.bucket(bucket).uploads.delete(id);
    await discard([...parts.values()].map(({ bytes }) => bytes));
  }

  private bucket(name: string): Bucket {
    const bucket = this.byName.get(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  /** Changes a bucket in its turn, if it is still there then. */
  private change<T>(name: string, change: (bucket: Bucket) => Promise<T>): Promise<T> {
    return this.bucket(name).inTurn(() => change(this.bucket(name)));
  }

  private async write(bucket: string, body: AsyncIterable<Uint8Array>): Promise<WrittenBytes> {
    const hash = createHash('md5');
    async function* hashed() {
      for await (const chunk of body) {
        hash.update(chunk);
        yield chunk;
      }
    }
    const bytes = await this.storage.write(bucket, hashed());
    return { bytes, etag: `"${hash.digest('hex')}"` };
  }

  private async replace(object: StoredObject, precondition: Precondition): Promise<void> {
    const { bucket: name, key } = object.facts;
    await this.change(name, async (bucket) => {
      precondition(bucket.get(key)?.facts);
      await this.storage.save(object);
      await discard(bucket.set(object)?.pieces ?? []);
    });
  }
}

async function* readPieces({ facts, pieces }: StoredObject, range?: ByteRange): AsyncIterable<Uint8Array> {
  const { first, last } = range ?? { first: 0, last: facts.size - 1 };
  const releases = pieces.map((piece) => piece.hold());
  try {
    let at = 0;
    for (const piece of pieces) {
      const from = Math.max(first - at, 0);
      const to = Math.min(last + 1 - at, piece.size);
      if (from < to) yield* piece.read(from, to);
      at += piece.size;
      if (at > last) return;
    }
  } finally {
    await Promise.all(releases.map((release) => release()));
  }
}

async function discard(pieces: readonly StoredBytes[]): Promise<void> {
  await Promise.all(pieces.map((piece) => piece.discard()));
}
