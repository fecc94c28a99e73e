/** What a request says about an object besides its bytes, and an answer repeats. Names are S3's headers in lower case. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface ObjectFacts {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** With its quotes, as S3 sends it. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly headers: ObjectHeaders;
}

/** Bytes of an object, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Buckets and their objects, in memory or in a folder: behind S3's wire protocol, and beneath training jobs. */
export interface ObjectStore {
  createBucket(bucket: string): Promise<void>;
  deleteBucket(bucket: string): Promise<void>;
  buckets(): Promise<readonly { readonly name: string; readonly createdAt: Date }[]>;
  hasBucket(bucket: string): Promise<boolean>;
  /** Replaces the object that is there, all at once: a body that breaks off changes nothing. */
  put(bucket: string, key: string, body: AsyncIterable<Uint8Array>, headers?: ObjectHeaders): Promise<ObjectFacts>;
  /** Undefined where there is no such object. */
  head(bucket: string, key: string): Promise<ObjectFacts | undefined>;
  read(bucket: string, key: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Nothing happens where there is no such object. */
  delete(bucket: string, key: string): Promise<void>;
  /** In the order of the keys' bytes in UTF-8. */
  list(bucket: string, prefix?: string): Promise<readonly ObjectFacts[]>;
}
