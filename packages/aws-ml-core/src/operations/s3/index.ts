export type { Abortable, ListedObject, StoredObject } from './s3.js';
export { S3 } from './s3.js';
export type { S3ErrorCode, S3ErrorFields } from './s3-error.js';
export { S3Error } from './s3-error.js';
export type { ObjectAddress } from './s3-failure.js';
export { named } from './s3-failure.js';
export type { S3Access, S3Options } from './s3-session.js';
export type { Upload, UploadOptions } from './upload.js';
