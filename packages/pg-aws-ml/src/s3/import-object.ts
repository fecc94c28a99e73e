import { createGunzip } from 'node:zlib';
import { named, type ObjectAddress, type S3, S3Error } from 'aws-ml-core/s3';
import { loadParser, type Node } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { rowsOf, withinCopy } from './copy-outcome.js';
import { type CopyFromParts, copyFromText } from './copy-text.js';

export interface ImportRequest extends CopyFromParts, ObjectAddress {
  readonly signal?: AbortSignal | undefined;
}

export interface Imported {
  readonly rows: number;
  /** Of the object, as it lies in S3. */
  readonly bytes: number;
}

/**
 * Copies an object into a table in constant memory, in the transaction that is open on the connection. What is compressed
 * by gzip is decompressed, whatever its metadata say.
 *
 * @throws S3Error, or an error of the server's; then the transaction has failed
 */
export async function importObject(
  connection: ServerConnection,
  s3: S3,
  request: ImportRequest,
  parse?: (text: string) => readonly { readonly node: Node }[],
): Promise<Imported> {
  await loadParser();
  const { bucket, key, signal } = request;
  const { text } = copyFromText(request, parse);
  const address = { bucket, key };
  const { bytes, body } = await s3.get(address, { signal });
  body.on('error', () => {});
  const abort = () => body.destroy(Object.assign(new Error('aborted'), { name: 'AbortError' }));
  signal?.addEventListener('abort', abort);
  try {
    if (bytes === 0) throw empty(address);
    const source = decompressed(described(body, (error) => s3.downloadFailure(address, error)));
    const tag = await connection.copyIn(text, source).catch(withinCopy(text));
    return { rows: rowsOf(tag), bytes };
  } finally {
    signal?.removeEventListener('abort', abort);
    body.destroy();
  }
}

const empty = ({ bucket, key }: ObjectAddress): S3Error =>
  new S3Error({
    code: 'OBJECT_EMPTY',
    message: `the ${named('object', key)} in the ${named('bucket', bucket)} is empty`,
    hint: 'An import needs at least one byte: check what has written the object.',
  });

type Source = AsyncIterable<Uint8Array>;

async function* described(body: Source, failureOf: (error: unknown) => Promise<unknown>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw await failureOf(error);
  }
}

/** Decompresses what begins as gzip does. */
async function* decompressed(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 2) {
    const { value, done } = await source.next();
    if (done === true) break;
    head.push(value);
    length += value.length;
  }
  const first = Buffer.concat(head);
  const whole = (async function* () {
    yield first;
    yield* source;
  })();
  if (first[0] === 0x1f && first[1] === 0x8b) yield* gunzipped(whole);
  else yield* whole;
}

async function* gunzipped(source: Source): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  let failure: { readonly error: unknown } | undefined;
  const feeding = (async () => {
    try {
      for await (const chunk of source) {
        if (gunzip.destroyed) return;
        if (!gunzip.write(chunk)) await drained(gunzip);
      }
      gunzip.end();
    } catch (error) {
      failure = { error };
      gunzip.destroy(error as Error);
    }
  })();
  try {
    yield* gunzip;
  } catch {
    throw failure?.error ?? databaseError('22P04', 'the object is not complete as gzip', { hint: 'Upload it again.' });
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

/** Resolves as well where nothing more is taken. */
const drained = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
