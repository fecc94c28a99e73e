// What is used of the SDK's client. Imported as it is, Node would look through all of it for the names that it exports.
let sdk;
try {
  // Within a try, bundlers take it for what may be missing.
  sdk = require('@aws-sdk/client-s3');
} catch (cause) {
  throw Object.assign(new Error('@aws-sdk/client-s3 is not installed', { cause }), { code: 'MODULE_NOT_FOUND' });
}
const {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} = sdk;
module.exports = {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
};
