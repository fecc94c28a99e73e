import {
  flag,
  fraction,
  list,
  map,
  oneOf,
  type Shape,
  type StructureShape,
  structure,
  text,
  time,
  whole,
} from '../shapes/shapes.js';

const jobName32 = text({ min: 1, max: 32, pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}' });
const name63 = text({ min: 1, max: 63, pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}' });
const s3Uri = text({ max: 1024, pattern: '(https|s3)://([^/]+)/?(.*)' });
const kmsKey = text({ max: 2048, pattern: '[a-zA-Z0-9:/_-]*' });
const roleArn = text({ min: 20, max: 2048, pattern: 'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+' });
const resourceArn = text({ max: 256, pattern: 'arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:.+' });
const tagText = (min: number, max: number) => text({ min, max, pattern: '([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)' });
const tags = list(structure({ Key: tagText(1, 128), Value: tagText(0, 256) }), { max: 50 });
const compression = oneOf('None', 'Gzip');
const s3Source = structure(
  { S3DataType: oneOf('ManifestFile', 'S3Prefix', 'AugmentedManifestFile'), S3Uri: s3Uri },
  { S3DataDistributionType: oneOf('FullyReplicated', 'ShardedByS3Key') },
);
const output = structure({ S3OutputPath: s3Uri }, { KmsKeyId: kmsKey });
const sortOrder = oneOf('Ascending', 'Descending');
const runtime = { MaxRuntimeInSeconds: whole(1), MaxWaitTimeInSeconds: whole(1) };

export const PROBLEM_TYPES = ['BinaryClassification', 'MulticlassClassification', 'Regression'] as const;
export const OBJECTIVE_METRICS = [
  'Accuracy',
  'MSE',
  'F1',
  'F1macro',
  'AUC',
  'RMSE',
  'BalancedAccuracy',
  'R2',
  'Recall',
  'RecallMacro',
  'Precision',
  'PrecisionMacro',
  'MAE',
  'MAPE',
  'MASE',
  'WAPE',
  'AverageWeightedQuantileLoss',
] as const;
export const AUTOML_ALGORITHMS = [
  'xgboost',
  'linear-learner',
  'mlp',
  'lightgbm',
  'catboost',
  'randomforest',
  'extra-trees',
  'nn-torch',
  'fastai',
] as const;
export const JOB_STATUSES = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'] as const;
export const ENDPOINT_STATUSES = [
  'OutOfService',
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'InService',
  'Deleting',
  'Failed',
  'UpdateRollbackFailed',
] as const;

const tabular = structure(
  { TargetAttributeName: text({ min: 1 }) },
  {
    CandidateGenerationConfig: structure(
      {},
      {
        AlgorithmsConfig: list(structure({ AutoMLAlgorithms: list(oneOf(...AUTOML_ALGORITHMS), { max: 11 }) }), {
          max: 1,
        }),
      },
    ),
    CompletionCriteria: structure(
      {},
      {
        MaxCandidates: whole(1, 750),
        MaxRuntimePerTrainingJobInSeconds: whole(1),
        MaxAutoMLJobRuntimeInSeconds: whole(1),
      },
    ),
    FeatureSpecificationS3Uri: s3Uri,
    Mode: oneOf('AUTO', 'ENSEMBLING', 'HYPERPARAMETER_TUNING'),
    GenerateCandidateDefinitionsOnly: flag,
    ProblemType: oneOf(...PROBLEM_TYPES),
    SampleWeightAttributeName: text({ min: 1, max: 256, pattern: '[a-zA-Z0-9_-]+' }),
  },
);

const container = structure(
  {},
  {
    ContainerHostname: text({ max: 63, pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9])*' }),
    Image: text({ max: 255, pattern: '[\\S]+' }),
    Mode: oneOf('SingleModel', 'MultiModel'),
    ModelDataUrl: s3Uri,
    Environment: map(text({ max: 1024, pattern: '[a-zA-Z_][a-zA-Z0-9_]*' }), text({ max: 1024 }), 100),
  },
);

const variant = structure(
  { VariantName: name63 },
  {
    ModelName: name63,
    InitialInstanceCount: whole(1),
    InstanceType: text({ pattern: 'ml\\.[a-z0-9.\\-]+' }),
    InitialVariantWeight: fraction(0),
    ServerlessConfig: structure(
      { MemorySizeInMB: whole(1024, 6144), MaxConcurrency: whole(1, 200) },
      { ProvisionedConcurrency: whole(1, 200) },
    ),
  },
);

/** What lists of any kind are asked with. */
function listing(
  sortKeys: readonly string[],
  further: Readonly<Record<string, Shape>> = {},
  mostResults = 100,
): StructureShape {
  return structure(
    {},
    {
      SortBy: oneOf(...sortKeys),
      SortOrder: sortOrder,
      NextToken: text({ max: 8192 }),
      MaxResults: whole(1, mostResults),
      NameContains: text({ max: 63, pattern: '[a-zA-Z0-9\\-]*' }),
      CreationTimeAfter: time,
      CreationTimeBefore: time,
      ...further,
    },
  );
}
const modified = { LastModifiedTimeAfter: time, LastModifiedTimeBefore: time };

/** The requests of the operations that are here, by operation. */
export const REQUEST_SHAPES = {
  CreateAutoMLJobV2: structure(
    {
      AutoMLJobName: jobName32,
      AutoMLJobInputDataConfig: list(
        structure(
          {},
          {
            ChannelType: oneOf('training', 'validation'),
            ContentType: text({ max: 256 }),
            CompressionType: compression,
            DataSource: structure({ S3DataSource: s3Source }),
          },
        ),
        { min: 1, max: 2 },
      ),
      OutputDataConfig: output,
      AutoMLProblemTypeConfig: structure({}, { TabularJobConfig: tabular }),
      RoleArn: roleArn,
    },
    {
      Tags: tags,
      AutoMLJobObjective: structure({ MetricName: oneOf(...OBJECTIVE_METRICS) }),
      DataSplitConfig: structure({}, { ValidationFraction: fraction(0, 1) }),
      SecurityConfig: structure({}, { VolumeKmsKeyId: kmsKey, EnableInterContainerTrafficEncryption: flag }),
    },
  ),
  DescribeAutoMLJobV2: structure({ AutoMLJobName: jobName32 }),
  StopAutoMLJob: structure({ AutoMLJobName: jobName32 }),
  ListAutoMLJobs: listing(['Name', 'CreationTime', 'Status'], { StatusEquals: oneOf(...JOB_STATUSES), ...modified }),
  ListCandidatesForAutoMLJob: structure(
    { AutoMLJobName: jobName32 },
    {
      StatusEquals: oneOf(...JOB_STATUSES),
      CandidateNameEquals: text({ min: 1, max: 64 }),
      SortOrder: sortOrder,
      SortBy: oneOf('CreationTime', 'Status', 'FinalObjectiveMetricValue'),
      MaxResults: whole(1, 300),
      NextToken: text({ max: 8192 }),
    },
  ),
  CreateTrainingJob: structure(
    { TrainingJobName: name63, RoleArn: roleArn, OutputDataConfig: output },
    {
      HyperParameters: map(text({ max: 256 }), text({ max: 2500 }), 100),
      AlgorithmSpecification: structure(
        { TrainingInputMode: oneOf('Pipe', 'File', 'FastFile') },
        { TrainingImage: text({ max: 255 }) },
      ),
      InputDataConfig: list(
        structure(
          {
            ChannelName: text({ min: 1, max: 64, pattern: '[A-Za-z0-9\\.\\-_]+' }),
            DataSource: structure({}, { S3DataSource: s3Source }),
          },
          { ContentType: text({ max: 256 }), CompressionType: compression },
        ),
        { min: 1, max: 20 },
      ),
      ResourceConfig: structure(
        {},
        {
          InstanceType: text({ pattern: 'ml\\.[a-z0-9.\\-]+' }),
          InstanceCount: whole(0),
          VolumeSizeInGB: whole(0),
          VolumeKmsKeyId: kmsKey,
        },
      ),
      StoppingCondition: structure({}, runtime),
      Tags: tags,
      EnableManagedSpotTraining: flag,
      EnableNetworkIsolation: flag,
      EnableInterContainerTrafficEncryption: flag,
    },
  ),
  DescribeTrainingJob: structure({ TrainingJobName: name63 }),
  StopTrainingJob: structure({ TrainingJobName: name63 }),
  ListTrainingJobs: listing(['Name', 'CreationTime', 'Status'], { StatusEquals: oneOf(...JOB_STATUSES), ...modified }),
  CreateModel: structure(
    { ModelName: name63 },
    { PrimaryContainer: container, Containers: list(container, { max: 15 }), ExecutionRoleArn: roleArn, Tags: tags },
  ),
  DescribeModel: structure({ ModelName: name63 }),
  DeleteModel: structure({ ModelName: name63 }),
  ListModels: listing(['Name', 'CreationTime']),
  CreateEndpointConfig: structure(
    { EndpointConfigName: name63, ProductionVariants: list(variant, { min: 1, max: 10 }) },
    { Tags: tags, KmsKeyId: kmsKey, ExecutionRoleArn: roleArn },
  ),
  DescribeEndpointConfig: structure({ EndpointConfigName: name63 }),
  DeleteEndpointConfig: structure({ EndpointConfigName: name63 }),
  ListEndpointConfigs: listing(['Name', 'CreationTime']),
  CreateEndpoint: structure({ EndpointName: name63, EndpointConfigName: name63 }, { Tags: tags }),
  DescribeEndpoint: structure({ EndpointName: name63 }),
  UpdateEndpoint: structure({ EndpointName: name63, EndpointConfigName: name63 }),
  DeleteEndpoint: structure({ EndpointName: name63 }),
  ListEndpoints: listing(['Name', 'CreationTime', 'Status'], {
    StatusEquals: oneOf(...ENDPOINT_STATUSES),
    ...modified,
  }),
  AddTags: structure({ ResourceArn: resourceArn, Tags: tags }),
  ListTags: structure({ ResourceArn: resourceArn }, { NextToken: text({ max: 8192 }), MaxResults: whole(50) }),
  DeleteTags: structure({ ResourceArn: resourceArn, TagKeys: list(tagText(1, 128), { min: 1, max: 50 }) }),
} as const satisfies Readonly<Record<string, StructureShape>>;

export type Operation = keyof typeof REQUEST_SHAPES;
