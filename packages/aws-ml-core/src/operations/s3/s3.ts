import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ObjectAddress } from './s3-failure.js';
import { type S3Access, type S3Options, S3Session } from './s3-session.js';
import { Upload, type UploadOptions } from './upload.js';

export interface StoredObject {
  readonly bytes: number;
  /** As it was stored, such as `gzip`. */
  readonly contentEncoding: string | undefined;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** S3 deletes so many objects by one request. */
const MOST_DELETED = 1000;

/** Regions beside the options' own for which a client is kept. */
const MOST_REGIONS = 8;

/**
 * Amazon S3, or what stands for it. The SDK is loaded with the first request; everything rejects with an S3Error.
 */
export class S3 {
  readonly #options: S3Options;
  readonly #byRegion = new Map<string, S3>();
  readonly #session: S3Session;

  constructor(options: S3Options = {}, access: S3Access = {}) {
    this.#options = options;
    this.#session = new S3Session(options, access);
  }

  /** The same in another region. */
  inRegion(region: string | undefined): S3 {
    if (region === undefined || region === this.#options.region) return this;
    let known = this.#byRegion.get(region);
    if (known === undefined) {
      if (this.#byRegion.size >= MOST_REGIONS) this.#closeRegions();
      known = new S3(this.#options, { region });
      this.#byRegion.set(region, known);
    }
    return known;
  }

  /** The same with credentials of somebody else's: to be closed after use. */
  withCredentials(credentials: NonNullable<S3Access['credentials']>, region: string | undefined): S3 {
    return new S3(this.#options, { region, credentials });
  }

  /** An object that is written piece by piece. */
  upload(address: ObjectAddress, options: UploadOptions = {}): Upload {
    return new Upload(this.#session, address, options);
  }

  /** Replaces the object that is there. */
  async put(address: ObjectAddress, body: string | Uint8Array, options: UploadOptions = {}): Promise<void> {
    const upload = this.upload(address, options);
    await upload.write(typeof body === 'string' ? Buffer.from(body) : body);
    await upload.end();
  }

  async get(address: ObjectAddress, { signal }: Abortable = {}): Promise<StoredObject> {
    const { bucket: Bucket, key: Key } = address;
    return this.#session.attempt(downloading(address), async (sdk, client) => {
      const { Body, ContentLength, ContentEncoding } = await client.send(
        new sdk.GetObjectCommand({ Bucket, Key }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return { bytes: ContentLength ?? 0, contentEncoding: ContentEncoding, body: Body as Readable };
    });
  }

  /** An object as text in UTF-8. */
  async getText(address: ObjectAddress, options: Abortable = {}): Promise<string> {
    const { body } = await this.get(address, options);
    return this.#session.attempt(downloading(address), () => text(body));
  }

  /** What a failure while an object was read means. */
  async downloadFailure(address: ObjectAddress, error: unknown): Promise<unknown> {
    return this.#session
      .attempt(downloading(address), () => Promise.reject(error))
      .catch((failure: unknown) => failure);
  }

  /** The objects whose keys begin with `address.key`, in the order of their keys. */
  async *list(address: ObjectAddress, { signal }: Abortable = {}): AsyncGenerator<ListedObject> {
    const { bucket: Bucket, key: Prefix } = address;
    let token: string | undefined;
    do {
      const page = await this.#session.attempt(listing(address), (sdk, client) =>
        client.send(
          new sdk.ListObjectsV2Command({ Bucket, Prefix, ...(token !== undefined && { ContinuationToken: token }) }),
          signal === undefined ? {} : { abortSignal: signal },
        ),
      );
      for (const { Key, Size } of page.Contents ?? []) yield { key: Key ?? '', bytes: Size ?? 0 };
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Deletes the objects whose keys begin with `address.key`. @returns how many there were */
  async deletePrefix(address: ObjectAddress, options: Abortable = {}): Promise<number> {
    let deleted = 0;
    let keys: string[] = [];
    const send = async () => {
      deleted += keys.length;
      await this.#delete(address, keys, options);
      keys = [];
    };
    for await (const { key } of this.list(address, options)) {
      keys.push(key);
      if (keys.length === MOST_DELETED) await send();
    }
    if (keys.length > 0) await send();
    return deleted;
  }

  async #delete(address: ObjectAddress, keys: readonly string[], { signal }: Abortable): Promise<void> {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    await this.#session.attempt(deleting(address), async (sdk, client) => {
      const { Errors = [] } = await client.send(
        new sdk.DeleteObjectsCommand({ Bucket: address.bucket, Delete }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      const [failed] = Errors;
      if (failed !== undefined) throw Object.assign(new Error('not deleted'), { name: failed.Code ?? 'Error' });
    });
  }

  close(): void {
    this.#session.close();
    this.#closeRegions();
  }

  #closeRegions(): void {
    for (const s3 of this.#byRegion.values()) s3.close();
    this.#byRegion.clear();
  }
}

const downloading = (address: ObjectAddress) =>
  ({ verb: 'download from', actions: 's3:GetObject and s3:ListBucket', address }) as const;

const listing = (address: ObjectAddress) => ({ verb: 'list', actions: 's3:ListBucket', address }) as const;

const deleting = (address: ObjectAddress) => ({ verb: 'delete from', actions: 's3:DeleteObject', address }) as const;
