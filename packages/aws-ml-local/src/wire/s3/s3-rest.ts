import type { LocalObjectStore } from '../../objects/local-object-store.js';
import type { AwsError } from '../../services/aws-error.js';
import type { WireResponse } from '../exchange.js';
import type { StreamedProtocol } from '../protocol.js';
import { authenticateS3, signedService } from './authentication.js';
import { operationFor } from './operations.js';
import { addressOf } from './s3-request.js';
import { element, xmlDocument } from './xml.js';

/** What a POST of S3's has in its query. */
const POST_QUERIES = ['uploads', 'uploadId', 'delete'];
const PATH_OF_ANOTHER = /^\/(?:endpoints|model)\//;

/** REST with XML: `/bucket/key`, or `/key` of the host `bucket.localhost`; the operation in method and query. */
export function s3Protocol(store: LocalObjectStore, region: string): StreamedProtocol {
  return {
    service: 's3',
    requestIdHeader: 'x-amz-request-id',
    bodyCap: undefined,

    accepts(head) {
      const service = signedService(head);
      if ('x-amz-target' in head.headers || (service ?? 's3') !== 's3') return false;
      const isPlain = head.method === 'POST' && !POST_QUERIES.some((name) => head.query.has(name));
      return service === 's3' && !isPlain ? true : !PATH_OF_ANOTHER.test(head.path);
    },

    authenticate: (head) => authenticateS3(head),

    decode(head, body) {
      const address = addressOf(head);
      const { name, run } = operationFor(head, address);
      const { bucket, key } = address;
      return {
        operation: name,
        target: key === '' ? bucket : `${bucket}/${key}`,
        batchSize: 1,
        run: () => run({ head, body, store, region, bucket, key }),
      };
    },

    encodeError: errorResponse,
  };
}

function errorResponse({ code, status, message, members }: AwsError, requestId: string): WireResponse {
  const elements = Object.entries(members).map(([name, value]) => element(name, String(value)));
  const content = [
    element('Code', code),
    element('Message', message),
    ...elements,
    element('RequestId', requestId),
    element('HostId', 'local'),
  ];
  const xml = xmlDocument('Error', content).replace(/ xmlns="[^"]*"/, '');
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}
