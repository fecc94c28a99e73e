import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentials } from 'aws-ml-core';
import { S3 } from 'aws-ml-core/s3';
import type { LocalServicesOptions } from 'aws-ml-local';
import { type Lab, localOptions, openLab } from '../support/lab.js';

/** A lab with aws_s3, and the bucket `lake`. */
export interface TransferLab extends Lab {
  readonly s3: S3;
  /** What the object `key` of the bucket `lake` holds. */
  read(key: string): Promise<string>;
  put(key: string, body: string | Uint8Array): Promise<void>;
}

export async function openTransferLab(options: LocalServicesOptions = {}): Promise<TransferLab> {
  const lab = await openLab(options);
  await lab.pool.query('CREATE EXTENSION aws_s3 CASCADE');
  const { region, credentials, endpoints } = localOptions(lab.services);
  const client = new S3Client({
    region: region!,
    credentials: credentials! as AwsCredentials,
    endpoint: endpoints!.s3!,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  client.destroy();
  const s3 = new S3({ region: region!, credentials: credentials!, endpoints: endpoints! });
  return {
    ...lab,
    s3,
    read: (key) => s3.getText({ bucket: 'lake', key }),
    put: (key, body) => s3.put({ bucket: 'lake', key }, body),
    close: async () => {
      s3.close();
      await lab.close();
    },
  };
}
