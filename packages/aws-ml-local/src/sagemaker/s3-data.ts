import { gunzipSync } from 'node:zlib';
import type { ObjectFacts, ObjectStore } from '../objects/object-store.js';
import { JobFailure, validation } from './errors.js';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** What the requests of jobs say about data. */
export interface S3Source {
  readonly S3DataType?: string | undefined;
  readonly S3Uri?: string | undefined;
}

/** Undefined for what is no S3 URI (`s3://bucket/key`). */
export function parseS3Uri(uri: string): S3Location | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** @throws a ValidationException for another URI than that of an S3 folder or object */
export function locationOf(uri: string): S3Location {
  const location = parseS3Uri(uri);
  if (location === undefined) throw validation(`The S3 URI ${uri} is not of the form s3://bucket/key.`);
  return location;
}

/** An URI of something beneath a folder of the output. */
export const uriBelow = (folder: string, path: string) => `${folder.replace(/\/+$/, '')}/${path}`;

/**
 * The objects that a source of data names: those whose key begins with the URI's, or those of a manifest.
 *
 * @throws a ValidationException where there are none
 */
export async function objectsOf(store: ObjectStore, source: S3Source, roleArn: string): Promise<ObjectFacts[]> {
  const { S3DataType = 'S3Prefix', S3Uri = '' } = source;
  const { bucket, key } = locationOf(S3Uri);
  if (S3DataType === 'AugmentedManifestFile') throw validation('AugmentedManifestFile is not supported for CSV data.');
  const found = (await store.hasBucket(bucket))
    ? S3DataType === 'ManifestFile'
      ? await objectsOfManifest(store, bucket, key)
      : (await store.list(bucket, key)).filter((object) => !object.key.endsWith('/'))
    : [];
  if (found.length > 0) return [...found];
  throw validation(
    `No S3 objects found under S3 URL "${S3Uri}" given in input data source. Please ensure that the bucket exists in the selected region, that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".`,
  );
}

/** `[{"prefix": "s3://bucket/folder/"}, "key", …]` */
async function objectsOfManifest(store: ObjectStore, bucket: string, key: string): Promise<ObjectFacts[]> {
  if ((await store.head(bucket, key)) === undefined) return [];
  const [first, ...names] = manifestOf(await readObject(store, bucket, key));
  const prefix = parseS3Uri(String((first as { prefix?: unknown } | undefined)?.prefix ?? ''));
  if (prefix === undefined || !(await store.hasBucket(prefix.bucket))) return [];
  const found = await Promise.all(names.map((name) => store.head(prefix.bucket, prefix.key + String(name))));
  return found.filter((object) => object !== undefined);
}

function manifestOf(bytes: Buffer): unknown[] {
  try {
    const manifest: unknown = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(manifest)) return manifest;
  } catch {
    // Said below.
  }
  throw validation('The manifest is not a JSON array.');
}

export async function readObject(
  store: ObjectStore,
  bucket: string,
  key: string,
  most = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of store.read(bucket, key)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(chunks);
}

/** The beginning of an object: all that a header may be long. Of one that is packed it is the whole. */
export async function readHead(
  store: ObjectStore,
  object: ObjectFacts,
  compression: string | undefined,
): Promise<Buffer> {
  if (isPacked(object, compression)) return (await readBodies(store, [object], compression))[0] as Buffer;
  return readObject(store, object.bucket, object.key, 1024 * 1024);
}

const isPacked = ({ headers }: ObjectFacts, compression: string | undefined) =>
  compression === 'Gzip' || headers['content-encoding'] === 'gzip';

/** What the objects hold, one after the other, unpacked where the request or their Content-Encoding says gzip. */
export async function readBodies(
  store: ObjectStore,
  objects: readonly ObjectFacts[],
  compression: string | undefined,
): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  for (const object of objects) {
    const body = await readObject(store, object.bucket, object.key);
    bodies.push(isPacked(object, compression) ? unpack(body, object.key) : body);
  }
  return bodies;
}

function unpack(body: Buffer, key: string): Buffer {
  try {
    return gunzipSync(body);
  } catch {
    throw new JobFailure(`ClientError: The object ${key} is not compressed by gzip.`);
  }
}

export async function writeObject(
  store: ObjectStore,
  uri: string,
  body: Uint8Array,
  contentType: string,
): Promise<void> {
  const { bucket, key } = locationOf(uri);
  if (!(await store.hasBucket(bucket))) {
    throw new JobFailure(`ClientError: The output bucket ${bucket} does not exist.`);
  }
  await store.put(bucket, key, single(body), { 'content-type': contentType });
}

async function* single(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
