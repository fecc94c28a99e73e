import type { Precondition } from '../../objects/local-object-store.js';
import type { ObjectFacts } from '../../objects/object-store.js';
import { noSuchKey, s3Error } from '../../services/s3.js';
import type { RequestHead } from '../exchange.js';

type Headers = RequestHead['headers'];

/**
 * Judges a request that reads an object: true where it has to be answered with 304.
 *
 * @throws AwsError PreconditionFailed
 */
export function isNotModified(headers: Headers, { etag, lastModified }: ObjectFacts, prefix = ''): boolean {
  const failed = (condition: string) => s3Error('PreconditionFailed', { Condition: condition });
  const match = headers[`${prefix}if-match`];
  const unmodifiedSince = headers[`${prefix}if-unmodified-since`];
  if (match !== undefined) {
    if (!matches(match, etag)) throw failed('If-Match');
  } else if (unmodifiedSince !== undefined && seconds(lastModified) > seconds(new Date(unmodifiedSince))) {
    throw failed('If-Unmodified-Since');
  }
  const noneMatch = headers[`${prefix}if-none-match`];
  if (noneMatch !== undefined) return matches(noneMatch, etag);
  const modifiedSince = headers[`${prefix}if-modified-since`];
  return modifiedSince !== undefined && seconds(lastModified) <= seconds(new Date(modifiedSince));
}

/** What a request that writes or deletes an object demands of the one that is there. */
export function precondition(headers: Headers, key: string): Precondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  return (current) => {
    if (noneMatch !== undefined && current !== undefined && matches(noneMatch, current.etag)) {
      throw s3Error('PreconditionFailed', { Condition: 'If-None-Match' });
    }
    if (match === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!matches(match, current.etag)) throw s3Error('PreconditionFailed', { Condition: 'If-Match' });
  };
}

function matches(condition: string, etag: string): boolean {
  const bare = etag.slice(1, -1);
  return condition.split(',').some((part) => {
    const wanted = part.trim();
    return wanted === '*' || wanted === bare || wanted === etag;
  });
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
