"""Uses S3 by boto3, and its transfer manager; prints one line a check. Usage: boto3-s3-check.py URL FOLDER"""
import hashlib
import io
import os
import random
import sys
import urllib.error
import urllib.request

url, folder = sys.argv[1:3]
os.environ.update(AWS_EC2_METADATA_DISABLED='true')

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1024 * 1024
session = boto3.session.Session('local', 'local', region_name='us-east-1')
config = Config(retries={'max_attempts': 3, 'mode': 'standard'})
s3 = session.client('s3', endpoint_url=url, config=config)


def check(name, condition):
    if not condition:
        sys.exit('failed: ' + name)
    print('ok', name)


def fails(name, call, code, status):
    try:
        call()
    except ClientError as error:
        found = (error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'])
        if found != (code, status):
            sys.exit('failed: %s: %s' % (name, found))
        print('ok', name)
    else:
        sys.exit('failed: no error: ' + name)


# Buckets
s3.create_bucket(Bucket='first')
s3.create_bucket(Bucket='second', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
check('list_buckets', {'first', 'second'} <= {bucket['Name'] for bucket in s3.list_buckets()['Buckets']})
check('head_bucket', s3.head_bucket(Bucket='first')['ResponseMetadata']['HTTPStatusCode'] == 200)
check('get_bucket_location', s3.get_bucket_location(Bucket='first')['LocationConstraint'] is None)
fails('head of no bucket', lambda: s3.head_bucket(Bucket='nowhere'), '404', 404)
fails('a bucket twice', lambda: s3.create_bucket(Bucket='first'), 'BucketAlreadyOwnedByYou', 409)
fails('a name that is none', lambda: s3.create_bucket(Bucket='First.Bucket'), 'InvalidBucketName', 400)

# Objects
body = 'naïve 😀\n'.encode()
put = s3.put_object(Bucket='first', Key='a b/ü+%&=😀', Body=body, ContentType='text/csv', ContentEncoding='gzip',
                    Metadata={'rows': '1'}, ServerSideEncryption='aws:kms', SSEKMSKeyId='arn:key', CacheControl='no-cache')
check('ETag', put['ETag'] == '"%s"' % hashlib.md5(body).hexdigest())
check('encryption', (put['ServerSideEncryption'], put['SSEKMSKeyId']) == ('aws:kms', 'arn:key'))
answer = s3.get_object(Bucket='first', Key='a b/ü+%&=😀')
check('get_object', answer['Body'].read() == body)
check('request id', len(answer['ResponseMetadata']['RequestId']) == 36)
check('headers', (answer['ContentType'], answer['ContentEncoding'], answer['Metadata'], answer['CacheControl']) ==
      ('text/csv', 'gzip', {'rows': '1'}, 'no-cache') and answer['ServerSideEncryption'] == 'aws:kms')
head = s3.head_object(Bucket='first', Key='a b/ü+%&=😀')
check('head_object', (head['ContentLength'], head['ETag']) == (len(body), put['ETag']))
s3.put_object(Bucket='first', Key='empty')
check('an empty object', s3.get_object(Bucket='first', Key='empty')['Body'].read() == b'')
fails('a range of nothing', lambda: s3.get_object(Bucket='first', Key='empty', Range='bytes=0-9'), 'InvalidRange', 416)
s3.put_object(Bucket='first', Key='digits', Body=b'0123456789')
part = s3.get_object(Bucket='first', Key='digits', Range='bytes=3-5')
check('a range', (part['Body'].read(), part['ContentRange']) == (b'345', 'bytes 3-5/10'))
fails('no such key', lambda: s3.get_object(Bucket='first', Key='nope'), 'NoSuchKey', 404)
fails('no such bucket', lambda: s3.get_object(Bucket='nowhere', Key='nope'), 'NoSuchBucket', 404)
fails('If-Match', lambda: s3.get_object(Bucket='first', Key='digits', IfMatch='"x"'), 'PreconditionFailed', 412)
fails('If-None-Match', lambda: s3.get_object(Bucket='first', Key='digits', IfNoneMatch=s3.head_object(
    Bucket='first', Key='digits')['ETag']), '304', 304)
fails('a key of 1025 bytes', lambda: s3.put_object(Bucket='first', Key='k' * 1025, Body=b''), 'KeyTooLongError', 400)
fails('a wrong digest', lambda: s3.put_object(
    Bucket='first', Key='digits', Body=b'other', ContentMD5='1B2M2Y8AsgTpgAmY7PhCfg=='), 'BadDigest', 400)
check('is refused before anything changes', s3.get_object(Bucket='first', Key='digits')['Body'].read() == b'0123456789')
for key in ('..', '../../x', './/a//', 'trailing/', '/leading', 'k' * 1024, 'ключ', 'tab\tkey', "quote'\"<&>"):
    s3.put_object(Bucket='second', Key=key, Body=key.encode())
    check('key %.20r' % key, s3.get_object(Bucket='second', Key=key)['Body'].read() == key.encode())
listed = [item['Key'] for item in s3.list_objects_v2(Bucket='second')['Contents']]
check('keys in order', listed == sorted(listed, key=lambda key: key.encode()) and len(listed) == 9)

# Copies
copied = s3.copy_object(Bucket='second', Key='copy', CopySource={'Bucket': 'first', 'Key': 'a b/ü+%&=😀'})
check('copy_object', copied['CopyObjectResult']['ETag'] == put['ETag'] and s3.head_object(
    Bucket='second', Key='copy')['Metadata'] == {'rows': '1'})
s3.copy_object(Bucket='second', Key='copy', CopySource='second/copy', MetadataDirective='REPLACE', Metadata={'x': 'y'})
check('replaced metadata', s3.head_object(Bucket='second', Key='copy')['Metadata'] == {'x': 'y'})
fails('a copy to itself', lambda: s3.copy_object(Bucket='second', Key='copy', CopySource='second/copy'), 'InvalidRequest', 400)

# Tags
s3.put_object_tagging(Bucket='second', Key='copy', Tagging={'TagSet': [{'Key': 'a', 'Value': 'b&c'}]})
check('tags', s3.get_object_tagging(Bucket='second', Key='copy')['TagSet'] == [{'Key': 'a', 'Value': 'b&c'}])
s3.delete_object_tagging(Bucket='second', Key='copy')
check('no tags', s3.get_object_tagging(Bucket='second', Key='copy')['TagSet'] == [])

# Deletions
fails('a bucket that is not empty', lambda: s3.delete_bucket(Bucket='second'), 'BucketNotEmpty', 409)
keys = [{'Key': item['Key']} for item in s3.list_objects_v2(Bucket='second')['Contents']]
deleted = s3.delete_objects(Bucket='second', Delete={'Objects': keys + [{'Key': 'nope'}]})
check('delete_objects', len(deleted['Deleted']) == 11 and 'Errors' not in deleted)
s3.delete_object(Bucket='second', Key='nope')
s3.delete_bucket(Bucket='second')
fails('a bucket that is gone', lambda: s3.head_bucket(Bucket='second'), '404', 404)

# Presigned, by both signatures
for version in ('s3', 's3v4'):
    signer = session.client('s3', endpoint_url=url, config=Config(signature_version=version))
    link = signer.generate_presigned_url('get_object', Params={'Bucket': 'first', 'Key': 'digits'}, ExpiresIn=3600)
    check('presigned by ' + version, urllib.request.urlopen(link).read() == b'0123456789')
    link = signer.generate_presigned_url('get_object', Params={'Bucket': 'first', 'Key': 'digits'}, ExpiresIn=0)
    for attempt in range(100):
        try:
            urllib.request.urlopen(link).read()
        except urllib.error.HTTPError as error:
            check('expired by ' + version, error.code == 403)
            break

# The transfer manager
blob = random.Random(1).randbytes(23 * MIB + 17)
transfer = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
source, target = os.path.join(folder, 'source'), os.path.join(folder, 'target')
with open(source, 'wb') as file:
    file.write(blob)
s3.upload_file(source, 'first', 'big', Config=transfer, ExtraArgs={'ContentType': 'text/csv'})
check('upload_file', s3.head_object(Bucket='first', Key='big')['ETag'].endswith('-5"'))
s3.download_file('first', 'big', target, Config=transfer)
with open(target, 'rb') as file:
    check('download_file', file.read() == blob)
s3.upload_fileobj(io.BytesIO(blob[:100]), 'first', 'small')
s3.copy({'Bucket': 'first', 'Key': 'big'}, 'first', 'big copy', Config=transfer)
check('copy in parts', s3.get_object(Bucket='first', Key='big copy')['Body'].read() == blob)
check('read by part', s3.get_object(Bucket='first', Key='big', PartNumber=2)['Body'].read() == blob[5 * MIB:10 * MIB])

# Uploads in parts
upload = s3.create_multipart_upload(Bucket='first', Key='parts')['UploadId']
fails('parts that are not there', lambda: s3.complete_multipart_upload(
    Bucket='first', Key='parts', UploadId=upload, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': 'x'}]}), 'InvalidPart', 400)
tags = [s3.upload_part(Bucket='first', Key='parts', UploadId=upload, PartNumber=number, Body=b'x')['ETag'] for number in (1, 2)]
check('list_parts', [item['PartNumber'] for item in s3.list_parts(Bucket='first', Key='parts', UploadId=upload)['Parts']] == [1, 2])
check('list_multipart_uploads', upload in [
    item['UploadId'] for item in s3.list_multipart_uploads(Bucket='first')['Uploads']])
chosen = [{'PartNumber': number, 'ETag': tag} for number, tag in zip((1, 2), tags)]
fails('parts that are too small', lambda: s3.complete_multipart_upload(
    Bucket='first', Key='parts', UploadId=upload, MultipartUpload={'Parts': chosen}), 'EntityTooSmall', 400)
fails('parts in another order', lambda: s3.complete_multipart_upload(
    Bucket='first', Key='parts', UploadId=upload, MultipartUpload={'Parts': chosen[::-1]}), 'InvalidPartOrder', 400)
fails('no parts', lambda: s3.complete_multipart_upload(Bucket='first', Key='parts', UploadId=upload), 'MalformedXML', 400)
s3.abort_multipart_upload(Bucket='first', Key='parts', UploadId=upload)
fails('an upload that is gone', lambda: s3.upload_part(
    Bucket='first', Key='parts', UploadId=upload, PartNumber=1, Body=b'x'), 'NoSuchUpload', 404)
check('no uploads', 'Uploads' not in s3.list_multipart_uploads(Bucket='first'))
