import { s3Error } from '../../services/s3.js';
import type { RequestHead } from '../exchange.js';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.js';
import { copyObject, uploadPartCopy } from './copy.js';
import { deleteObjects } from './delete-objects.js';
import { listObjects, listObjectsV2 } from './listing.js';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.js';
import { deleteObject, getObject, putObject } from './objects.js';
import type { Address, Operation } from './s3-request.js';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.js';
import { listMultipartUploads, listParts } from './uploads-listing.js';

const COPY_SOURCE = 'x-amz-copy-source';

interface Route {
  readonly name: string;
  readonly run: Operation;
  readonly method: string;
  /** What the request is about. */
  readonly on: 'service' | 'bucket' | 'object';
  /** A query parameter that makes it this operation. */
  readonly query?: string;
  /** A header that makes it this operation. */
  readonly header?: string;
}

/** The first that fits, by query before by header, answers a request. */
const ROUTES: readonly Route[] = [
  { name: 'ListBuckets', method: 'GET', on: 'service', run: listBuckets },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', query: 'location', run: getBucketLocation },
  { name: 'ListMultipartUploads', method: 'GET', on: 'bucket', query: 'uploads', run: listMultipartUploads },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', query: 'delete', run: deleteObjects },
  { name: 'ListObjectsV2', method: 'GET', on: 'bucket', query: 'list-type', run: listObjectsV2 },
  { name: 'ListObjects', method: 'GET', on: 'bucket', run: listObjects },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', run: createBucket },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', run: headBucket },
  { name: 'DeleteBucket', method: 'DELETE', on: 'bucket', run: deleteBucket },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: 'uploads', run: createMultipartUpload },
  { name: 'UploadPartCopy', method: 'PUT', on: 'object', query: 'uploadId', header: COPY_SOURCE, run: uploadPartCopy },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: 'uploadId', run: uploadPart },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', query: 'uploadId', run: completeMultipartUpload },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: 'uploadId', run: abortMultipartUpload },
  { name: 'ListParts', method: 'GET', on: 'object', query: 'uploadId', run: listParts },
  { name: 'GetObjectTagging', method: 'GET', on: 'object', query: 'tagging', run: getObjectTagging },
  { name: 'PutObjectTagging', method: 'PUT', on: 'object', query: 'tagging', run: putObjectTagging },
  { name: 'DeleteObjectTagging', method: 'DELETE', on: 'object', query: 'tagging', run: deleteObjectTagging },
  { name: 'CopyObject', method: 'PUT', on: 'object', header: COPY_SOURCE, run: copyObject },
  { name: 'PutObject', method: 'PUT', on: 'object', run: putObject },
  { name: 'GetObject', method: 'GET', on: 'object', run: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', run: getObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', run: deleteObject },
];

/** Query parameters that ask for operations that are not here. */
const ELSEWHERE = [
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
];

/** @throws AwsError NotImplemented, MethodNotAllowed */
export function operationFor({ method, query, headers }: RequestHead, { bucket, key }: Address): Route {
  const on = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const fitting = ROUTES.filter(
    (route) => route.on === on && route.method === method && (route.header === undefined || route.header in headers),
  );
  const asked = fitting.find((route) => route.query !== undefined && query.has(route.query));
  if (asked !== undefined) return asked;
  if (ELSEWHERE.some((name) => query.has(name))) throw s3Error('NotImplemented');
  const plain = fitting.find((route) => route.query === undefined);
  if (plain === undefined) throw s3Error('MethodNotAllowed', { Method: method });
  return plain;
}
