import type { S3 } from 'aws-ml-core/s3';
import { loadParser, type Node } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import { rowsOf, withinCopy } from './copy-outcome.js';
import { copyToText } from './copy-text.js';
import { ObjectSeries } from './object-series.js';

/** As Aurora cuts its exports. */
export const defaultFileBytes = 6 * 1024 ** 3;

export interface ExportRequest {
  /** One statement that gives rows. */
  readonly query: string;
  /** COPY's options without parentheses, such as `format csv, header true`. Default: text. */
  readonly options?: string | undefined;
  readonly bucket: string;
  /** Of the first object; those that follow have `_part2`, `_part3`, … behind it. */
  readonly key: string;
  readonly kmsKey?: string | undefined;
  /** Bytes after which another object begins, at the end of a row. Default 6 GB. */
  readonly fileBytes?: number | undefined;
  /** Whether the objects are compressed, which their Content-Encoding says then. Default false. */
  readonly gzip?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportSurroundings {
  /** Reads SQL as the server does. */
  readonly parse?: ((text: string) => readonly { readonly node: Node }[]) | undefined;
  /** Is told when the rest of the rows is for nobody: may have the server end the COPY. */
  readonly onFailure?: (() => void) | undefined;
}

export interface Exported {
  readonly rows: number;
  readonly files: number;
  /** Of the objects. */
  readonly bytes: number;
}

/**
 * Copies the rows of a query to S3 in constant memory, in the transaction that is open on the connection. The objects are
 * there once all rows have been sent; where this rejects, none was made but those whose end S3 has confirmed before.
 *
 * @throws S3Error, or an error of the server's; then its transaction has failed or goes on, as after any statement
 */
export async function exportQuery(
  connection: ServerConnection,
  s3: S3,
  request: ExportRequest,
  { parse, onFailure }: ExportSurroundings = {},
): Promise<Exported> {
  await loadParser();
  const { query, options = '', bucket, key, kmsKey, fileBytes = defaultFileBytes, gzip = false, signal } = request;
  const { text } = copyToText({ query, options }, parse);
  const objects = new ObjectSeries(s3, { bucket, key }, { kmsKey, fileBytes, gzip, signal });
  const stop = () => onFailure?.();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    const tag = await connection.copyOut(text, (row) => objects.write(row), onFailure).catch(withinCopy(text));
    const { files, bytes } = await objects.end();
    return { rows: rowsOf(tag), files, bytes };
  } catch (error) {
    await objects.abort();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
