"""Trains, deploys and predicts by boto3; prints one line a check. Usage: boto3-check.py URL MODELS_DIR

Every answer is held against botocore's own description of it: no required member may be missing, none may be unknown,
and each must be of its type. boto3 of a Linux distribution may be older than CreateAutoMLJobV2; MODELS_DIR adds it.
"""
import json
import os
import sys
import time

url, models = sys.argv[1:3]
os.environ.update(AWS_DATA_PATH=models, AWS_EC2_METADATA_DISABLED='true')

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.session.Session('local', 'local', region_name='us-east-1')
config = Config(parameter_validation=False, retries={'max_attempts': 3, 'mode': 'standard'},
                s3={'addressing_style': 'path'})


def client(service):
    return session.client(service, endpoint_url=url, config=config)


sagemaker, runtime, s3 = client('sagemaker'), client('sagemaker-runtime'), client('s3')
# Older descriptions lack members and values that AWS has added since.
recent = 'StandardMetricName' in sagemaker.meta.service_model.shape_for('FinalAutoMLJobObjectiveMetric').members
TYPES = {'string': str, 'boolean': bool, 'integer': int, 'long': int, 'float': (int, float), 'double': (int, float),
         'timestamp': (int, float)}


def check(name, condition):
    if not condition:
        sys.exit('failed: ' + name)
    print('ok', name)


def differences(shape, value, path):
    if shape.type_name == 'structure':
        if not isinstance(value, dict):
            return [path + ': no object']
        found = [path + '.' + name + ' is missing' for name in shape.required_members if name not in value]
        for name, member in value.items():
            if name in shape.members:
                found += differences(shape.members[name], member, path + '.' + name)
            elif recent:
                found.append(path + '.' + name + ' is unknown')
        return found
    if shape.type_name == 'list':
        return [text for item in value for text in differences(shape.member, item, path + '[]')]
    if shape.type_name == 'map':
        return [text for item in value.values() for text in differences(shape.value, item, path + '{}')]
    if not isinstance(value, TYPES[shape.type_name]):
        return ['%s: %s is no %s' % (path, type(value).__name__, shape.type_name)]
    if recent and getattr(shape, 'enum', None) and value not in shape.enum:
        return ['%s: %s is not one of its values' % (path, value)]
    return []


def hold_against_model(http_response, parsed, model, **_):
    if http_response.status_code == 200 and model.output_shape is not None:
        found = differences(model.output_shape, json.loads(http_response.content), model.name)
        if found:
            sys.exit('failed: ' + '; '.join(found))


sagemaker.meta.events.register('after-call.sagemaker.*', hold_against_model)


def fails(name, call, code, text):
    try:
        call()
    except ClientError as error:
        check(name, error.response['Error']['Code'] == code and text in error.response['Error']['Message'])
    else:
        sys.exit('failed: no error: ' + name)


def wait(describe, member, final):
    for _ in range(600):
        answer = describe()
        if answer[member] not in ('InProgress', 'Creating', 'Updating', 'Stopping'):
            if answer[member] != final:
                sys.exit('failed: %s: %s' % (answer[member], answer.get('FailureReason')))
            return answer
        time.sleep(0.1)
    sys.exit('failed: it takes too long')


def wait_by_boto(waiter, **what):
    sagemaker.get_waiter(waiter).wait(WaiterConfig={'Delay': 0.2, 'MaxAttempts': 300}, **what)


ROLE = 'arn:aws:iam::111122223333:role/SageMaker'
rows = [(i * 37 % 101, i * 53 % 97) for i in range(600)]
s3.create_bucket(Bucket='boto')
s3.put_object(Bucket='boto', Key='automl/data.csv', Body='a,b,class\n' + ''.join(
    '%d,%d,%s\n' % (a, b, 'high' if a + b > 100 else 'low') for a, b in rows))
s3.put_object(Bucket='boto', Key='numeric/data.csv', Body=''.join(
    '%d,%d,%d\n' % (a + b > 100, a, b) for a, b in rows))

answer = sagemaker.create_auto_ml_job_v2(
    AutoMLJobName='boto', RoleArn=ROLE, OutputDataConfig={'S3OutputPath': 's3://boto/out'},
    AutoMLJobInputDataConfig=[{'ChannelType': 'training', 'ContentType': 'text/csv;header=present', 'DataSource': {
        'S3DataSource': {'S3DataType': 'S3Prefix', 'S3Uri': 's3://boto/automl/'}}}],
    AutoMLProblemTypeConfig={'TabularJobConfig': {'TargetAttributeName': 'class', 'Mode': 'ENSEMBLING'}},
    Tags=[{'Key': 'team', 'Value': 'data'}])
check('create_auto_ml_job_v2', answer['AutoMLJobArn'].endswith(':automl-job/boto'))
job = wait(lambda: sagemaker.describe_auto_ml_job_v2(AutoMLJobName='boto'), 'AutoMLJobStatus', 'Completed')
check('describe_auto_ml_job_v2', job['EndTime'] >= job['CreationTime'])
check('list_auto_ml_jobs', len(sagemaker.list_auto_ml_jobs()['AutoMLJobSummaries']) == 1)
candidates = sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName='boto')['Candidates']
check('list_candidates_for_auto_ml_job', any(c['CandidateName'] == job['BestCandidate']['CandidateName'] for c in candidates))
check('list_tags', sagemaker.list_tags(ResourceArn=job['AutoMLJobArn'])['Tags'] == [{'Key': 'team', 'Value': 'data'}])

sagemaker.create_training_job(
    TrainingJobName='boto', RoleArn=ROLE, HyperParameters={'objective': 'binary:logistic', 'num_round': '20'},
    AlgorithmSpecification={'TrainingInputMode': 'File',
                            'TrainingImage': '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1'},
    InputDataConfig=[{'ChannelName': 'train', 'ContentType': 'text/csv', 'DataSource': {
        'S3DataSource': {'S3DataType': 'S3Prefix', 'S3Uri': 's3://boto/numeric/'}}}],
    OutputDataConfig={'S3OutputPath': 's3://boto/out'},
    ResourceConfig={'InstanceType': 'ml.m5.large', 'InstanceCount': 1, 'VolumeSizeInGB': 5},
    StoppingCondition={'MaxRuntimeInSeconds': 600})
trained = wait(lambda: sagemaker.describe_training_job(TrainingJobName='boto'), 'TrainingJobStatus', 'Completed')
check('describe_training_job', trained['ModelArtifacts']['S3ModelArtifacts'] == 's3://boto/out/boto/output/model.tar.gz')
wait_by_boto('training_job_completed_or_stopped', TrainingJobName='boto')
check('list_training_jobs', len(sagemaker.list_training_jobs(StatusEquals='Completed')['TrainingJobSummaries']) == 1)


def deploy(name, container):
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[
        {'VariantName': 'AllTraffic', 'ModelName': name,
         'ServerlessConfig': {'MemorySizeInMB': 2048, 'MaxConcurrency': 5}}])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    wait_by_boto('endpoint_in_service', EndpointName=name)


def predict(name, body):
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType='text/csv', Accept='text/csv', Body=body)
    return answer['Body'].read().decode()


deploy('automl', job['BestCandidate']['InferenceContainers'][0])
check('an automl endpoint', predict('automl', '90,80\n5,5\n') == 'high\nlow\n')
deploy('xgboost', {'Image': trained['AlgorithmSpecification']['TrainingImage'],
                   'ModelDataUrl': trained['ModelArtifacts']['S3ModelArtifacts']})
high, low = predict('xgboost', '90,80\n5,5\n').split()
check('an xgboost endpoint', float(high) > 0.9 and float(low) < 0.1)
check('describe_model', sagemaker.describe_model(ModelName='xgboost')['ModelArn'].endswith(':model/xgboost'))
check('describe_endpoint_config', len(sagemaker.describe_endpoint_config(EndpointConfigName='xgboost')['ProductionVariants']) == 1)
check('list_models', [m['ModelName'] for m in sagemaker.list_models(SortBy='Name', SortOrder='Ascending')['Models']] == ['automl', 'xgboost'])
check('list_endpoint_configs', len(sagemaker.list_endpoint_configs()['EndpointConfigs']) == 2)
check('list_endpoints', {e['EndpointStatus'] for e in sagemaker.list_endpoints()['Endpoints']} == {'InService'})
sagemaker.update_endpoint(EndpointName='xgboost', EndpointConfigName='automl')
wait_by_boto('endpoint_in_service', EndpointName='xgboost')
check('update_endpoint', predict('xgboost', '90,80\n') == 'high\n')
arn = sagemaker.describe_endpoint(EndpointName='xgboost')['EndpointArn']
sagemaker.add_tags(ResourceArn=arn, Tags=[{'Key': 'a', 'Value': '1'}, {'Key': 'b', 'Value': '2'}])
sagemaker.delete_tags(ResourceArn=arn, TagKeys=['a'])
check('tags', sagemaker.list_tags(ResourceArn=arn)['Tags'] == [{'Key': 'b', 'Value': '2'}])

fails('an unknown job', lambda: sagemaker.describe_training_job(TrainingJobName='nope'), 'ValidationException',
      'Requested resource not found')
fails('an unknown AutoML job', lambda: sagemaker.describe_auto_ml_job_v2(AutoMLJobName='nope'), 'ResourceNotFound', '')
fails('an unknown model', lambda: sagemaker.describe_model(ModelName='nope'), 'ValidationException',
      'Could not find model "arn:aws:sagemaker:us-east-1:111122223333:model/nope"')
fails('an unknown configuration', lambda: sagemaker.create_endpoint(EndpointName='x', EndpointConfigName='nope'),
      'ValidationException', 'Could not find endpoint configuration')
fails('a name that is taken', lambda: sagemaker.create_endpoint(EndpointName='automl', EndpointConfigName='automl'),
      'ValidationException', 'Cannot create already existing endpoint')
fails('a job that has ended', lambda: sagemaker.stop_training_job(TrainingJobName='boto'), 'ValidationException', 'Completed')
fails('no name', lambda: sagemaker.describe_model(), 'ValidationException',
      "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: Member must not be null")
fails('a number for a name', lambda: sagemaker.describe_model(ModelName='a_b'), 'ValidationException',
      'Member must satisfy regular expression pattern')
try:
    predict('automl', '1,2,3,4\n')
    sys.exit('failed: no ModelError')
except runtime.exceptions.ModelError as error:
    check('ModelError', error.response['OriginalStatusCode'] == 400 and error.response['OriginalMessage'] != '')

for name in ('automl', 'xgboost'):
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)
    wait_by_boto('endpoint_deleted', EndpointName=name)
check('everything is gone', sagemaker.list_models()['Models'] == [] and sagemaker.list_endpoint_configs()['EndpointConfigs'] == []
      and sagemaker.list_endpoints()['Endpoints'] == [])
