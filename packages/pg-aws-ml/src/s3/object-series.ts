import { once } from 'node:events';
import { createGzip, type Gzip } from 'node:zlib';
import type { ObjectAddress, S3, Upload } from 'aws-ml-core/s3';

/** Rows are put together to so many bytes before they are compressed. */
const GZIP_CHUNK = 64 * 1024;

export interface SeriesOptions {
  readonly kmsKey: string | undefined;
  /** Bytes after which another object begins, at the end of a row. */
  readonly fileBytes: number;
  readonly gzip: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * The objects of an export: the first has the key itself, the others `_part2`, `_part3`, … behind it. Rows are never cut.
 * None is there before all rows have come.
 */
export class ObjectSeries {
  readonly #s3: S3;
  readonly #address: ObjectAddress;
  readonly #options: SeriesOptions;
  readonly #objects: Target[] = [];
  #current: Target | undefined;

  constructor(s3: S3, address: ObjectAddress, options: SeriesOptions) {
    this.#s3 = s3;
    this.#address = address;
    this.#options = options;
  }

  /** Takes a row, which is copied at once; a promise asks for patience. */
  write(row: Buffer): Promise<void> | undefined {
    this.#current ??= this.#open();
    const target = this.#current;
    const patience = target.write(row);
    if (target.bytes < this.#options.fileBytes) return patience;
    this.#current = undefined;
    return target.flush();
  }

  async end(): Promise<{ files: number; bytes: number }> {
    // An export of no rows is an empty object.
    if (this.#objects.length === 0) this.#open();
    await this.#current?.flush();
    for (const object of this.#objects) await object.end();
    return {
      files: this.#objects.length,
      bytes: this.#objects.reduce((sum, { uploaded }) => sum + uploaded, 0),
    };
  }

  /** Never rejects. */
  async abort(): Promise<void> {
    await Promise.all(this.#objects.map((object) => object.abort()));
  }

  #open(): Target {
    const { bucket, key } = this.#address;
    const { kmsKey, gzip, signal } = this.#options;
    const number = this.#objects.length + 1;
    const upload = this.#s3.upload(
      { bucket, key: number === 1 ? key : `${key}_part${number}` },
      { kmsKey, signal, ...(gzip && { contentEncoding: 'gzip' }) },
    );
    const target = gzip ? new CompressedTarget(upload) : new PlainTarget(upload);
    this.#objects.push(target);
    return target;
  }
}

/** One object. */
interface Target {
  /** Written so far: decides where the next object begins. */
  readonly bytes: number;
  /** Of the object. */
  readonly uploaded: number;
  write(row: Buffer): Promise<void> | undefined;
  /** No more rows: what is held of it goes out, or is little. */
  flush(): Promise<void>;
  end(): Promise<void>;
  abort(): Promise<void>;
}

class PlainTarget implements Target {
  readonly #upload: Upload;

  constructor(upload: Upload) {
    this.#upload = upload;
  }

  get bytes(): number {
    return this.#upload.bytes;
  }

  get uploaded(): number {
    return this.#upload.bytes;
  }

  write(row: Buffer): Promise<void> | undefined {
    return this.#upload.write(row);
  }

  flush(): Promise<void> {
    return this.#upload.flush();
  }

  end(): Promise<void> {
    return this.#upload.end();
  }

  abort(): Promise<void> {
    return this.#upload.abort();
  }
}

class CompressedTarget implements Target {
  readonly #upload: Upload;
  readonly #gzip: Gzip = createGzip();
  readonly #compressed: Promise<void>;
  #rows: Buffer[] = [];
  #held = 0;

  constructor(upload: Upload) {
    this.#upload = upload;
    this.#compressed = this.#send();
    // Who writes is told, too.
    this.#compressed.catch((error: Error) => this.#gzip.destroy(error));
  }

  get bytes(): number {
    return this.#upload.bytes;
  }

  get uploaded(): number {
    return this.#upload.bytes;
  }

  write(row: Buffer): Promise<void> | undefined {
    this.#rows.push(Buffer.from(row));
    this.#held += row.length;
    return this.#held < GZIP_CHUNK ? undefined : this.#compress();
  }

  async flush(): Promise<void> {
    await this.#compress();
    this.#gzip.end();
    await this.#compressed;
    await this.#upload.flush();
  }

  end(): Promise<void> {
    return this.#upload.end();
  }

  async abort(): Promise<void> {
    this.#gzip.destroy();
    await this.#compressed.catch(() => {});
    await this.#upload.abort();
  }

  async #send(): Promise<void> {
    for await (const chunk of this.#gzip) await this.#upload.write(chunk as Buffer);
  }

  async #compress(): Promise<void> {
    const rows = Buffer.concat(this.#rows);
    this.#rows = [];
    this.#held = 0;
    if (rows.length === 0 || this.#gzip.write(rows)) return;
    await Promise.race([once(this.#gzip, 'drain'), this.#compressed]);
  }
}
