import { noSuchBucket } from '../../services/s3.js';
import { xmlPayload } from './payload.js';
import { readXml } from './read-xml.js';
import { checkBucketName, emptyResponse, type Operation, xmlResponse } from './s3-request.js';
import { element } from './xml.js';

const OWNER = element('Owner', [element('ID', 'local'), element('DisplayName', 'local')]);

export const listBuckets: Operation = async ({ store, head }) => {
  const prefix = head.query.get('prefix') ?? '';
  const buckets = (await store.buckets()).filter(({ name }) => name.startsWith(prefix));
  const listed = buckets.map(({ name, createdAt }) =>
    element('Bucket', [element('Name', name), element('CreationDate', createdAt)]),
  );
  return xmlResponse('ListAllMyBucketsResult', [OWNER, element('Buckets', listed)]);
};

export const createBucket: Operation = async ({ store, head, body, bucket }) => {
  checkBucketName(bucket);
  const configuration = await xmlPayload(head, body);
  // Any region will do: all buckets are in one.
  if (configuration !== '') readXml(configuration);
  await store.createBucket(bucket);
  return emptyResponse(200, { location: `/${bucket}` });
};

export const deleteBucket: Operation = async ({ store, bucket }) => {
  await store.deleteBucket(bucket);
  return emptyResponse(204);
};

export const headBucket: Operation = async ({ store, region, bucket }) => {
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  return emptyResponse(200, { 'x-amz-bucket-region': region, 'x-amz-access-point-alias': 'false' });
};

export const getBucketLocation: Operation = async ({ store, region, bucket }) => {
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  // S3's first region has no name here.
  return xmlResponse('LocationConstraint', region === 'us-east-1' ? '' : region);
};
