import type { ByteRange } from '../../objects/object-store.js';
import { s3Error } from '../../services/s3.js';

/**
 * The bytes that a Range header asks for; undefined for all of them, where there is no such header or none that S3 heeds.
 *
 * @throws AwsError InvalidRange where there are no such bytes
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (parts === null) return undefined;
  const [, from = '', to = ''] = parts;
  if (from === '' && to === '') return undefined;
  const range =
    from === ''
      ? { first: Math.max(size - Number(to), 0), last: Number(to) === 0 ? -1 : size - 1 }
      : { first: Number(from), last: Math.min(to === '' ? Infinity : Number(to), size - 1) };
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (range.last < range.first) {
    throw s3Error('InvalidRange', { RangeRequested: header as string, ActualObjectSize: String(size) });
  }
  return range;
}
