import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { LocalServicesOptions } from '../../src/index.js';
import { type Fixture, startFixture } from '../sdk-clients.js';

export const Bucket = 'data';

export interface S3Fixture extends Fixture {
  put(
    Key: string,
    Body: NonNullable<PutObjectCommandInput['Body']>,
    more?: Partial<PutObjectCommandInput>,
  ): Promise<string>;
  bytes(Key: string, Range?: string): Promise<Buffer>;
  text(Key: string): Promise<string>;
  keys(): Promise<string[]>;
}

/** Local services with the SDK's client, and a bucket. */
export async function startS3(options: LocalServicesOptions = {}, maxAttempts = 3): Promise<S3Fixture> {
  const fixture = await startFixture({ buckets: [Bucket], ...options }, maxAttempts);
  const { s3 } = fixture;
  const bytes = async (Key: string, Range?: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  return {
    ...fixture,
    bytes,
    put: async (Key, Body, more = {}) =>
      (await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))).ETag ?? '',
    text: async (Key) => (await bytes(Key)).toString(),
    keys: async () => ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key = '' }) => Key),
  };
}

export const createBucket = (name: string) => new CreateBucketCommand({ Bucket: name });

/** For requests without the SDK: it is not verified. */
export const SIGNED = {
  authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
};
