import { s3Error } from '../../services/s3.js';
import type { RequestHead } from '../exchange.js';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.js';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.js';
import { deleteObject, getObject, putObject } from './objects.js';
import type { Address, Operation } from './s3-request.js';

interface Route {
  readonly name: string;
  readonly run: Operation;
  readonly method: string;
  /** What the request is about. */
  readonly on: 'service' | 'bucket' | 'object';
  /** A query parameter that makes it this operation. */
  readonly query?: string;
}

/** The first that fits: those that a query parameter tells come before those that need none. */
const ROUTES: readonly Route[] = [
  { name: 'ListBuckets', method: 'GET', on: 'service', run: listBuckets },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', query: 'location', run: getBucketLocation },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', run: createBucket },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', run: headBucket },
  { name: 'DeleteBucket', method: 'DELETE', on: 'bucket', run: deleteBucket },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: 'uploads', run: createMultipartUpload },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: 'uploadId', run: uploadPart },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', query: 'uploadId', run: completeMultipartUpload },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: 'uploadId', run: abortMultipartUpload },
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
export function operationFor({ method, query }: RequestHead, { bucket, key }: Address): Route {
  const on = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const fits = (route: Route) => route.on === on && route.method === method;
  const asked = ROUTES.find((route) => fits(route) && route.query !== undefined && query.has(route.query));
  if (asked !== undefined) return asked;
  if (ELSEWHERE.some((name) => query.has(name))) throw s3Error('NotImplemented');
  const plain = ROUTES.find((route) => fits(route) && route.query === undefined);
  if (plain === undefined) throw s3Error('MethodNotAllowed', { Method: method });
  return plain;
}
