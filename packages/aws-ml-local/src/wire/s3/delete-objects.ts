import { AwsError } from '../../services/aws-error.js';
import { noSuchBucket, s3Error } from '../../services/s3.js';
import { CHECKSUM_PREFIX } from './checksums.js';
import { precondition } from './conditions.js';
import { xmlPayload } from './payload.js';
import { childText, readXml } from './read-xml.js';
import { type Operation, xmlResponse } from './s3-request.js';
import { element, type XmlText } from './xml.js';

const MAX_OBJECTS = 1000;

export const deleteObjects: Operation = async ({ store, head, body, bucket }) => {
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  const names = Object.keys(head.headers);
  if (!names.some((name) => name === 'content-md5' || name === 'x-amz-trailer' || name.startsWith(CHECKSUM_PREFIX))) {
    throw s3Error('InvalidRequest', {}, 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const document = readXml(await xmlPayload(head, body));
  const objects = document.children.filter(({ name }) => name === 'Object');
  if (document.name !== 'Delete' || objects.length === 0 || objects.length > MAX_OBJECTS) throw s3Error('MalformedXML');
  const isQuiet = childText(document, 'Quiet') === 'true';
  const results: XmlText[] = [];
  for (const object of objects) {
    const key = childText(object, 'Key');
    if (key === undefined || key === '') throw s3Error('MalformedXML');
    const etag = childText(object, 'ETag');
    try {
      await store.delete(bucket, key, precondition(etag === undefined ? {} : { 'if-match': etag }, key));
      if (!isQuiet) results.push(element('Deleted', [element('Key', key)]));
    } catch (error) {
      const { code, message } = error instanceof AwsError ? error : s3Error('InternalError');
      results.push(element('Error', [element('Key', key), element('Code', code), element('Message', message)]));
    }
  }
  return xmlResponse('DeleteResult', results);
};
