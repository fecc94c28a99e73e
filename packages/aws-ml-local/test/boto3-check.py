"""Calls every operation of the local services by boto3; prints one line a check. Usage: boto3-check.py URL MODELS_DIR

boto3 of a Linux distribution may be older than Bedrock Runtime; MODELS_DIR holds a description of InvokeModel that it
reads then, so that its own REST client is tried in any case.
"""
import json
import os
import sys

url, models = sys.argv[1:3]
os.environ.update(AWS_DATA_PATH=models, AWS_EC2_METADATA_DISABLED='true')

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.session.Session('local', 'local', region_name='us-east-1')
config = Config(parameter_validation=False, retries={'max_attempts': 3, 'mode': 'standard'})


def client(service):
    return session.client(service, endpoint_url=url, config=config)


comprehend, sagemaker, bedrock = client('comprehend'), client('sagemaker-runtime'), client('bedrock-runtime')


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


answer = comprehend.detect_sentiment(Text='This is great', LanguageCode='en')
check('detect_sentiment', answer['Sentiment'] == 'POSITIVE' and abs(sum(answer['SentimentScore'].values()) - 1) < 1e-9)
check('request id', len(answer['ResponseMetadata']['RequestId']) == 36)
answer = comprehend.batch_detect_sentiment(TextList=['This is great', 'é' * 2501, 'na\nïve 😀 "q"'], LanguageCode='en')
check('batch results', [x['Index'] for x in answer['ResultList']] == [0, 2])
check('batch errors', [(x['Index'], x['ErrorCode']) for x in answer['ErrorList']] == [(1, 'TEXT_SIZE_LIMIT_EXCEEDED')])
fails('26 documents', lambda: comprehend.batch_detect_sentiment(TextList=['x'] * 26, LanguageCode='en'),
      'BatchSizeLimitExceededException', 400)
fails('5001 bytes', lambda: comprehend.detect_sentiment(Text='x' * 5001, LanguageCode='en'),
      'TextSizeLimitExceededException', 400)
fails('an empty document', lambda: comprehend.batch_detect_sentiment(TextList=[''], LanguageCode='en'),
      'ValidationException', 400)
fails('an unknown language', lambda: comprehend.detect_sentiment(Text='x', LanguageCode='xx'),
      'UnsupportedLanguageException', 400)

answer = sagemaker.invoke_endpoint(EndpointName='total', ContentType='text/csv', Body='1,2\n3,4.5')
check('invoke_endpoint', answer['Body'].read() == b'3\n7.5\n')
check('content type', answer['ContentType'].startswith('text/csv'))
check('variant', answer['InvokedProductionVariant'] == 'AllTraffic')
fails('an unknown endpoint', lambda: sagemaker.invoke_endpoint(EndpointName='nope', ContentType='text/csv', Body='1'),
      'ValidationError', 400)
fails('6 MB and a byte', lambda: sagemaker.invoke_endpoint(
    EndpointName='total', ContentType='text/csv', Body=b'1' * (6 * 1024 * 1024 + 1)), 'ValidationError', 400)
try:
    sagemaker.invoke_endpoint(EndpointName='total', ContentType='application/json', Body='{}')
    sys.exit('failed: no ModelError')
except sagemaker.exceptions.ModelError as error:
    check('ModelError', error.response['OriginalStatusCode'] == 415)


def invoke(model, body):
    answer = bedrock.invoke_model(modelId=model, body=body, contentType='application/json', accept='application/json')
    return json.loads(answer['body'].read())


check('invoke_model, embedding', len(invoke('amazon.titan-embed-text-v1', '{"inputText": "x"}')['embedding']) == 1536)
check('invoke_model, versioned id', len(invoke('amazon.titan-embed-text-v2:0', '{"inputText": "x"}')['embedding']) == 1024)
prompt = json.dumps({'prompt': '\n\nHuman: Hello.\n\nAssistant:', 'max_tokens_to_sample': 50})
check('invoke_model, text', invoke('anthropic.claude-v2', prompt)['completion'] == ' Hello.')
fails('an unknown model', lambda: invoke('nope', '{}'), 'ValidationException', 400)
fails('a malformed body', lambda: invoke('anthropic.claude-v2', 'x'), 'ValidationException', 400)


def refused(name, model, body, code, status, message):
    try:
        invoke(model, body)
    except ClientError as error:
        check(name, (error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']) == (code, status)
              and message in error.response['Error']['Message'])
    else:
        sys.exit('failed: no error: ' + name)


nova = json.dumps({'messages': [{'role': 'user', 'content': [{'text': 'Hello.'}]}]})
refused('no on-demand throughput', 'amazon.nova-lite-v1:0', nova, 'ValidationException', 400, 'inference profile')
check('an inference profile', 'output' in invoke('us.amazon.nova-lite-v1:0', nova))
refused('no access', 'amazon.nova-pro-v1:0', nova, 'AccessDeniedException', 403, "You don't have access to the model")
refused('too many tokens', 'amazon.titan-embed-image-v1', '{"inputText": "x"}', 'ValidationException', 400,
        'Max input tokens: 8192')
refused('end of life', 'anthropic.claude-v2:1', prompt, 'ResourceNotFoundException', 404, 'end of its life')
refused('no JSON', 'amazon.titan-embed-text-v1', 'x', 'ValidationException', 400, 'Malformed input request')
