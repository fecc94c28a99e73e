import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isBucketName, noSuchBucket } from '../services/s3.js';
import { BLOCK_BYTES, blocksOf } from './blocks.js';
import type { ObjectHeaders } from './object-store.js';
import type { Storage, StoredBucket, StoredBytes, StoredObject } from './storage.js';

/** Bytes without an object are those of a process that has been killed, or of an upload of another one that goes on. */
const LEFTOVER_AGE_MS = 24 * 3600 * 1000;
/** What the folder of a bucket is called, at its beginning, while it is deleted. No bucket is called so. */
const REMOVED = '.removed-';
const RECORDS_READ_AT_ONCE = 64;

/** What is written of an object beside its bytes. */
interface ObjectRecord {
  readonly key: string;
  readonly etag: string;
  readonly lastModified: string;
  readonly headers: ObjectHeaders;
  readonly pieces: readonly { readonly file: string; readonly size: number }[];
}

/**
 * Keeps objects in a folder. Bytes and records are files of their own, the latter named by the hash of the key: whatever a
 * key is, it names no path. A record that is renamed to its place makes the object what it is, all at once.
 */
export class DiskStorage implements Storage {
  private constructor(private readonly directory: string) {}

  /** @throws Error when the folder can't be made or written to */
  static async open(directory: string): Promise<DiskStorage> {
    try {
      await mkdir(directory, { recursive: true });
      const trial = join(directory, `.${randomUUID()}`);
      await writeFile(trial, '');
      await unlink(trial);
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException;
      throw new Error(`data: objects can't be kept in ${directory} (${code})`, { cause });
    }
    return new DiskStorage(directory);
  }

  async load(): Promise<StoredBucket[]> {
    const buckets: StoredBucket[] = [];
    for (const entry of await readdir(this.directory, { withFileTypes: true })) {
      if (entry.name.startsWith(REMOVED)) await rm(join(this.directory, entry.name), { recursive: true, force: true });
      if (!entry.isDirectory() || !isBucketName(entry.name)) continue;
      const record = await readFile(this.bucketRecord(entry.name), 'utf8').catch(() => undefined);
      if (record === undefined) continue;
      const { createdAt } = JSON.parse(record) as { createdAt: string };
      buckets.push({ name: entry.name, createdAt: new Date(createdAt), objects: await this.loadObjects(entry.name) });
    }
    return buckets;
  }

  async addBucket(bucket: string, createdAt: Date): Promise<void> {
    await mkdir(join(this.directory, bucket, 'bytes'), { recursive: true });
    await mkdir(join(this.directory, bucket, 'objects'), { recursive: true });
    await replaceFile(this.bucketRecord(bucket), JSON.stringify({ createdAt }));
  }

  async removeBucket(bucket: string): Promise<void> {
    // At once: the name may be given to another bucket before all that it held is deleted.
    const removed = join(this.directory, `${REMOVED}${randomUUID()}`);
    await rename(join(this.directory, bucket), removed);
    await rm(removed, { recursive: true, force: true, maxRetries: 3 });
  }

  async write(bucket: string, body: AsyncIterable<Uint8Array>): Promise<StoredBytes> {
    const path = join(this.directory, bucket, 'bytes', randomUUID());
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? noSuchBucket(bucket) : error;
    });
    try {
      const size = await writeAll(file, body);
      await file.close();
      return new FileBytes(path, size);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true });
      throw error;
    }
  }

  async save({ facts, pieces }: StoredObject): Promise<void> {
    const { bucket, key, etag, lastModified, headers } = facts;
    const files = pieces.map((piece) => ({ file: (piece as FileBytes).file, size: piece.size }));
    const record: ObjectRecord = { key, etag, lastModified: lastModified.toISOString(), headers, pieces: files };
    await replaceFile(this.objectRecord(bucket, key), JSON.stringify(record));
  }

  async forget(bucket: string, key: string): Promise<void> {
    await rm(this.objectRecord(bucket, key), { force: true });
  }

  private bucketRecord(bucket: string): string {
    return join(this.directory, bucket, 'bucket.json');
  }

  private objectRecord(bucket: string, key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.directory, bucket, 'objects', `${hash}.json`);
  }

  private async loadObjects(bucket: string): Promise<StoredObject[]> {
    const folder = join(this.directory, bucket, 'objects');
    const files = await readdir(folder);
    const records = files.filter((file) => file.endsWith('.json'));
    const objects: StoredObject[] = [];
    for (let at = 0; at < records.length; at += RECORDS_READ_AT_ONCE) {
      const some = records.slice(at, at + RECORDS_READ_AT_ONCE);
      const texts = await Promise.all(some.map((file) => readFile(join(folder, file), 'utf8')));
      objects.push(...texts.map((text) => this.objectFrom(bucket, JSON.parse(text) as ObjectRecord)));
    }
    const leftovers = files.filter((file) => !file.endsWith('.json')).map((file) => join(folder, file));
    await this.sweep(bucket, objects, leftovers);
    return objects;
  }

  private objectFrom(bucket: string, { key, etag, lastModified, headers, pieces }: ObjectRecord): StoredObject {
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const bytes = pieces.map((piece) => new FileBytes(join(this.directory, bucket, 'bytes', piece.file), piece.size));
    return { facts: { bucket, key, size, etag, lastModified: new Date(lastModified), headers }, pieces: bytes };
  }

  private async sweep(bucket: string, objects: readonly StoredObject[], leftovers: readonly string[]): Promise<void> {
    const used = new Set(objects.flatMap(({ pieces }) => pieces.map((piece) => (piece as FileBytes).path)));
    const folder = join(this.directory, bucket, 'bytes');
    const bytes = (await readdir(folder)).map((file) => join(folder, file));
    for (const path of [...bytes.filter((file) => !used.has(file)), ...leftovers]) {
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(path, { force: true });
    }
  }
}

/** Bytes in a file. It goes once nobody reads it any longer. */
class FileBytes implements StoredBytes {
  private holders = 0;
  private discarded = false;

  constructor(
    readonly path: string,
    readonly size: number,
  ) {}

  get file(): string {
    return this.path.slice(this.path.length - randomUUID().length);
  }

  hold(): () => Promise<void> {
    this.holders += 1;
    return async () => {
      this.holders -= 1;
      if (this.discarded) await this.discard();
    };
  }

  async *read(first: number, end: number): AsyncIterable<Uint8Array> {
    const file = await open(this.path);
    try {
      for (let at = first; at < end; ) {
        const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - at));
        const { bytesRead } = await file.read(block, 0, block.length, at);
        if (bytesRead === 0) throw new Error('the file is shorter than it was');
        yield block.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  }

  async discard(): Promise<void> {
    this.discarded = true;
    if (this.holders === 0) await rm(this.path, { force: true });
  }
}

/** Returns how many bytes there were. */
async function writeAll(file: FileHandle, body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const { chunks, bytes } of blocksOf(body)) {
    const { bytesWritten } = await file.writev(chunks);
    // What a write leaves over says why with the next one: a disk that is full, for instance.
    if (bytesWritten < bytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
    size += bytes;
  }
  return size;
}

async function replaceFile(path: string, text: string): Promise<void> {
  const written = `${path}.${randomUUID()}`;
  try {
    await writeFile(written, text);
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}
