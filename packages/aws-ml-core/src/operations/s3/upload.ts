import type { S3Error } from './s3-error.js';
import type { ObjectAddress } from './s3-failure.js';
import { type S3Module, type S3SdkClient, type S3Session, uploading } from './s3-session.js';

/** S3 takes so many parts of an object. */
const MOST_PARTS = 10_000;
const PART_BYTES = 8 * 1024 * 1024;
/** Parts on their way at once. */
const MOST_IN_FLIGHT = 4;

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the key in AWS KMS that encrypts the object. Default: what the bucket says. */
  readonly kmsKey?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** As large as the object may become. Decides about the size of the parts. Default 80 GB. */
  readonly mostBytes?: number | undefined;
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
}

/**
 * An object on its way to S3, in parts and in bounded memory: a handful of buffers of 8 MiB. The object is there once
 * `end` has resolved, all at once; after a failure or `abort` nothing of it is.
 *
 * Not the SDK's lib-storage: it reads its source to the end though a part has failed, and on abort leaves requests in
 * flight.
 */
export class Upload {
  readonly #session: S3Session;
  readonly #address: ObjectAddress;
  readonly #options: UploadOptions;
  readonly #abortion = new AbortController();
  readonly #signal: AbortSignal;
  readonly #partBytes: number;
  readonly #idle: Buffer[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #parts: SentPart[] = [];
  #part: Buffer | undefined;
  #filled = 0;
  #numbered = 0;
  #begun: Promise<string> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #bytes = 0;

  constructor(session: S3Session, address: ObjectAddress, options: UploadOptions = {}) {
    this.#session = session;
    this.#address = address;
    this.#options = options;
    this.#signal =
      options.signal === undefined ? this.#abortion.signal : AbortSignal.any([options.signal, this.#abortion.signal]);
    const { mostBytes = 0 } = options;
    this.#partBytes = Math.max(PART_BYTES, Math.ceil(mostBytes / (MOST_PARTS - 1)));
  }

  /** So many bytes were written. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes bytes, which are copied at once. A promise asks for patience: no more before it resolves.
   *
   * @throws S3Error, or rejects with it, where the upload has failed: then `abort` is to be called
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#bytes += chunk.length;
    for (let from = 0; from < chunk.length; ) {
      this.#part ??= this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#partBytes);
      const length = Math.min(chunk.length - from, this.#partBytes - this.#filled);
      this.#part.set(from === 0 && length === chunk.length ? chunk : chunk.subarray(from, from + length), this.#filled);
      this.#filled += length;
      from += length;
      if (this.#filled === this.#partBytes) this.#send();
    }
    return this.#inFlight.size < MOST_IN_FLIGHT ? undefined : this.#room();
  }

  /** No more bytes: an object of several parts is sent to its end, and holds no memory then. */
  async flush(): Promise<void> {
    if (this.#begun === undefined) return;
    if (this.#filled > 0) this.#send();
    await Promise.all(this.#inFlight);
    this.#idle.length = 0;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when the object is there. */
  async end(): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#signal.throwIfAborted();
      if (this.#begun === undefined) await this.#putWhole();
      else await this.#complete();
    } catch (error) {
      await this.abort();
      throw this.#failure?.error ?? (await this.#described(error));
    }
  }

  /** Ends what is on its way, and removes the parts that have arrived. Never rejects. */
  async abort(): Promise<void> {
    this.#abortion.abort();
    await Promise.all(this.#inFlight);
    this.#idle.length = 0;
    this.#part = undefined;
    const uploadId = await this.#begun?.catch(() => undefined);
    this.#begun = undefined;
    if (uploadId === undefined) return;
    const { bucket: Bucket, key: Key } = this.#address;
    // Where it fails, the bucket's rule for unfinished uploads removes them.
    await this.#attempt((sdk, client) =>
      client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId })),
    ).catch(() => undefined);
  }

  async #room(): Promise<void> {
    while (this.#inFlight.size >= MOST_IN_FLIGHT && this.#failure === undefined) await Promise.race(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #send(): void {
    const part = this.#part as Buffer;
    const body = part.subarray(0, this.#filled);
    this.#part = undefined;
    this.#filled = 0;
    this.#numbered += 1;
    const sent = this.#sendPart(body, this.#numbered)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#inFlight.delete(sent);
        this.#idle.push(part);
      });
    this.#inFlight.add(sent);
  }

  async #sendPart(body: Buffer, number: number): Promise<void> {
    this.#begun ??= this.#begin();
    const UploadId = await this.#begun;
    const { bucket: Bucket, key: Key } = this.#address;
    const { ETag, ChecksumCRC32 } = await this.#attempt((sdk, client) =>
      client.send(
        new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: number, Body: body }),
        this.#abortable,
      ),
    );
    this.#parts.push({ PartNumber: number, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) });
  }

  async #begin(): Promise<string> {
    const { UploadId } = await this.#attempt(async (sdk, client) => {
      // S3 compares the checksums of the parts with what was announced here.
      const checked = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
      const announced = checked ? ({ ChecksumAlgorithm: 'CRC32' } as const) : {};
      return client.send(new sdk.CreateMultipartUploadCommand({ ...this.#headers(), ...announced }), this.#abortable);
    });
    return UploadId as string;
  }

  async #complete(): Promise<void> {
    await this.flush();
    const UploadId = await this.#begun;
    const { bucket: Bucket, key: Key } = this.#address;
    const Parts = this.#parts.sort((a, b) => a.PartNumber - b.PartNumber);
    await this.#attempt((sdk, client) =>
      client.send(
        new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
        this.#abortable,
      ),
    );
    this.#begun = undefined;
  }

  async #putWhole(): Promise<void> {
    const Body = this.#part?.subarray(0, this.#filled) ?? Buffer.alloc(0);
    await this.#attempt((sdk, client) =>
      client.send(new sdk.PutObjectCommand({ ...this.#headers(), Body }), this.#abortable),
    );
  }

  get #abortable(): { abortSignal: AbortSignal } {
    return { abortSignal: this.#signal };
  }

  #headers() {
    const { kmsKey, contentType, contentEncoding } = this.#options;
    return {
      Bucket: this.#address.bucket,
      Key: this.#address.key,
      ...(kmsKey !== undefined && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey }),
      ...(contentType !== undefined && { ContentType: contentType }),
      ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    };
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#abortion.abort();
  }

  /** An abort before a request has no error of the SDK's. */
  #described(error: unknown): Promise<S3Error | unknown> {
    return this.#attempt(() => Promise.reject(error)).catch((described: unknown) => described);
  }

  #attempt<T>(work: (sdk: S3Module, client: S3SdkClient) => Promise<T>): Promise<T> {
    return this.#session.attempt(uploading(this.#address), work);
  }
}
