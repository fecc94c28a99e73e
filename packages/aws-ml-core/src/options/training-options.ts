import { oneOf, text, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';

const roleArn = (): v.GenericSchema<string> => {
  const expected = 'the ARN of an IAM role, such as "arn:aws:iam::123456789012:role/training"';
  return v.pipe(v.string(expected), v.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, expected));
};

/** Of a model's endpoint that has no instances of its own. */
const serverlessOptions = v.strictObject({
  /** Megabytes of memory. Default 2048; what a model needs decides. */
  memorySizeInMb: v.optional(v.picklist([1024, 2048, 3072, 4096, 5120, 6144], '1024, 2048, 3072, 4096, 5120 or 6144')),
  /** Requests that it answers at once, at most. Default 5. */
  maxConcurrency: v.optional(wholeNumber(1, 200)),
});

/** Of a model's endpoint on instances, which cost money for as long as the model is there. */
const instanceOptions = v.strictObject({
  /** Such as "ml.m5.large". */
  type: text('the type of an instance, such as "ml.m5.large"'),
  /** Default 1. */
  count: v.optional(wholeNumber(1)),
});

/** How models are trained and deployed by CREATE MODEL. */
export const trainingOptions = v.strictObject({
  /** The role that SageMaker takes on, for `IAM_ROLE default`. Default: the variable `AWS_ML_TRAINING_ROLE_ARN`. */
  roleArn: v.optional(roleArn()),
  /** The instance on which built-in algorithms train. Default "ml.m5.xlarge". */
  instanceType: v.optional(text('the type of an instance, such as "ml.m5.xlarge"')),
  /** Where models answer: `serverless` costs nothing while nobody asks. Default `serverless`. */
  deploy: v.optional(oneOf('serverless', 'instances')),
  /** Of serverless endpoints. */
  serverless: v.optional(serverlessOptions),
  /** Of endpoints on instances. */
  instances: v.optional(instanceOptions),
});

export interface TrainingOptions extends Readonly<v.InferInput<typeof trainingOptions>> {}
