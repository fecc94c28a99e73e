// An optional package: where it isn't installed, programs that transfer nothing are to compile as well.
// biome-ignore format: The directive is for one line.
// @ts-ignore
export { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
