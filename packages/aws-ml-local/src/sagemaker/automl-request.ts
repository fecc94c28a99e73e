import type { AutoMLJobChannel, CreateAutoMLJobV2Request, TabularJobConfig } from '@aws-sdk/client-sagemaker';
import { parseCsv } from '../csv.js';
import type { ObjectFacts, ObjectStore } from '../objects/object-store.js';
import type { AutoMlTask, FeatureType, ProblemType } from '../training/training-job.js';
import { firstRecord, joinCsv } from './csv-parts.js';
import { JobFailure, validation } from './errors.js';
import { locationOf, objectsOf, readBodies, readHead, readObject } from './s3-data.js';

/** The metrics that can be an objective, by problem; the first is the default. */
const OBJECTIVES: Readonly<Record<ProblemType, readonly [string, ...string[]]>> = {
  BinaryClassification: ['F1', 'Accuracy', 'AUC', 'BalancedAccuracy', 'Precision', 'Recall'],
  MulticlassClassification: ['Accuracy', 'BalancedAccuracy', 'F1macro', 'PrecisionMacro', 'RecallMacro'],
  Regression: ['MSE', 'RMSE', 'MAE', 'R2'],
};

export const defaultObjective = (problem: ProblemType) => OBJECTIVES[problem][0];

/** @throws a ValidationException for a job that is none for tables */
export function tabularConfigOf({ AutoMLProblemTypeConfig }: CreateAutoMLJobV2Request): TabularJobConfig {
  const config = AutoMLProblemTypeConfig?.TabularJobConfig;
  if (config !== undefined) return config;
  throw validation('AutoMLProblemTypeConfig must have exactly one member; only TabularJobConfig is known here.');
}

/**
 * What is checked while the job is created: that its parts go together, that there are data, and that they have the
 * target.
 *
 * @throws a ValidationException
 */
export async function checkAutoMlRequest(store: ObjectStore, request: CreateAutoMLJobV2Request): Promise<void> {
  const {
    ProblemType: problem,
    TargetAttributeName: target = '',
    GenerateCandidateDefinitionsOnly,
  } = tabularConfigOf(request);
  const objective = request.AutoMLJobObjective?.MetricName;
  if ((problem === undefined) !== (objective === undefined)) {
    throw validation('ProblemType and AutoMLJobObjective must be given together, or neither of them.');
  }
  if (problem !== undefined && objective !== undefined && !OBJECTIVES[problem].includes(objective)) {
    const allowed = OBJECTIVES[problem].join(', ');
    throw validation(`Objective metric ${objective} is not valid for problem type ${problem}. Valid are: ${allowed}.`);
  }
  if (GenerateCandidateDefinitionsOnly === true) {
    throw validation('GenerateCandidateDefinitionsOnly is not supported by aws-ml-local: it trains.');
  }
  if (request.ModelDeployConfig !== undefined) {
    throw validation('ModelDeployConfig is not supported by aws-ml-local: create the endpoint when the job is done.');
  }
  const channels = channelsOf(request);
  for (const channel of channels) {
    const objects = await objectsOfChannel(store, request, channel);
    const [first] = objects;
    const head = first && (await readHead(store, first, channel.CompressionType).catch(refuse));
    if (head === undefined || !headerOf(head).includes(target)) {
      throw validation(`Target attribute name ${target} does not exist in header.`);
    }
  }
}

function channelsOf({ AutoMLJobInputDataConfig = [] }: CreateAutoMLJobV2Request): readonly AutoMLJobChannel[] {
  const types = AutoMLJobInputDataConfig.map(({ ChannelType = 'training' }) => ChannelType);
  if (types.filter((type) => type === 'training').length !== 1 || new Set(types).size !== types.length) {
    throw validation('AutoMLJobInputDataConfig must have one channel of type training and at most one of validation.');
  }
  for (const { ContentType = 'text/csv;header=present' } of AutoMLJobInputDataConfig) {
    if (!/^text\/csv(?:;\s*header=present)?$/i.test(ContentType)) {
      throw validation(`ContentType ${ContentType} is not supported by aws-ml-local: text/csv;header=present is.`);
    }
  }
  return AutoMLJobInputDataConfig;
}

function objectsOfChannel(
  store: ObjectStore,
  { RoleArn = '' }: CreateAutoMLJobV2Request,
  { DataSource }: AutoMLJobChannel,
): Promise<ObjectFacts[]> {
  const source = DataSource?.S3DataSource;
  if (source === undefined) throw validation('A channel of AutoMLJobInputDataConfig has no DataSource.');
  return objectsOf(store, source, RoleArn);
}

function headerOf(csv: Buffer): readonly string[] {
  try {
    return parseCsv(joinCsv([firstRecord(csv)], true))[0] ?? [];
  } catch {
    // The parser's message would quote the data.
    throw validation('The data are not CSV with a header.');
  }
}

function refuse(error: unknown): never {
  throw error instanceof JobFailure ? validation(error.message) : error;
}

/** The job as the learners take it, with its data. */
export async function autoMlTask(store: ObjectStore, request: CreateAutoMLJobV2Request): Promise<AutoMlTask> {
  const config = tabularConfigOf(request);
  const channels = channelsOf(request);
  const csvOf = async (type: string) => {
    const channel = channels.find(({ ChannelType = 'training' }) => ChannelType === type);
    if (channel === undefined) return undefined;
    const objects = await objectsOfChannel(store, request, channel);
    return joinCsv(await readBodies(store, objects, channel.CompressionType), true);
  };
  const validationData = await csvOf('validation');
  const { MaxCandidates, MaxAutoMLJobRuntimeInSeconds } = config.CompletionCriteria ?? {};
  return given<AutoMlTask>({
    kind: 'automl',
    training: (await csvOf('training')) ?? Buffer.alloc(0),
    validation: validationData,
    target: config.TargetAttributeName ?? '',
    problemType: config.ProblemType,
    objective: request.AutoMLJobObjective?.MetricName,
    ...(await featureSpecification(store, config.FeatureSpecificationS3Uri)),
    algorithms: config.CandidateGenerationConfig?.AlgorithmsConfig?.flatMap(
      ({ AutoMLAlgorithms = [] }) => AutoMLAlgorithms,
    ),
    maxCandidates: MaxCandidates,
    maxRuntimeSeconds: MaxAutoMLJobRuntimeInSeconds,
    validationFraction: request.DataSplitConfig?.ValidationFraction,
  });
}

/** `{"FeatureAttributeNames": […], "FeatureDataTypes": {"column": "numeric"}}` */
async function featureSpecification(
  store: ObjectStore,
  uri: string | undefined,
): Promise<Pick<Optional<AutoMlTask>, 'features' | 'featureTypes'>> {
  if (uri === undefined) return {};
  const { bucket, key } = locationOf(uri);
  const fails = () => new JobFailure(`ClientError: There is no feature specification in JSON at ${uri}.`);
  if (!(await store.hasBucket(bucket)) || (await store.head(bucket, key)) === undefined) throw fails();
  try {
    const { FeatureAttributeNames: features, FeatureDataTypes: featureTypes } = JSON.parse(
      (await readObject(store, bucket, key)).toString('utf8'),
    ) as { FeatureAttributeNames?: string[]; FeatureDataTypes?: Record<string, FeatureType> };
    return { features, featureTypes };
  } catch {
    throw fails();
  }
}

type Optional<T> = { readonly [member in keyof T]: T[member] | undefined };

/** Without the members that are undefined. */
function given<T extends object>(members: Optional<T>): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
