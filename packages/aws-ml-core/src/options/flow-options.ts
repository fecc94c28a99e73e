import { positiveNumber, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';

export type ServiceName = 'comprehend' | 'sagemaker' | 'bedrock';

const concurrencyByService = v.strictObject({
  /** Requests to Comprehend. */
  comprehend: v.optional(wholeNumber(1)),
  /** Requests to each SageMaker endpoint. */
  sagemaker: v.optional(wholeNumber(1)),
  /** Requests to each Bedrock model. */
  bedrock: v.optional(wholeNumber(1)),
});
const concurrency = wholeNumber(1);

const maxConcurrency = v.lazy((input) => (typeof input === 'object' ? concurrencyByService : concurrency));

/** Most requests at once: to Comprehend, to each SageMaker endpoint, to each Bedrock model. A number is for all three. */
export type MaxConcurrency = v.InferInput<typeof maxConcurrency>;

/** What a service allows, where that is known. */
const quota = v.strictObject({
  /** Requests a second. Default: no bound. */
  requestsPerSecond: v.optional(positiveNumber()),
  /** Inputs a second. Default: no bound. */
  inputsPerSecond: v.optional(positiveNumber()),
});

export interface Quota extends Readonly<v.InferInput<typeof quota>> {}

const quotas = v.strictObject({
  /** Of Comprehend as a whole. */
  comprehend: v.optional(quota),
  /** Of each SageMaker endpoint. */
  sagemaker: v.optional(quota),
  /** Of each Bedrock model. */
  bedrock: v.optional(quota),
});

/** What a service is known to allow: Comprehend as a whole, each SageMaker endpoint, each Bedrock model. */
export interface Quotas extends Readonly<v.InferInput<typeof quotas>> {}

export const flowOptions = v.strictObject({
  /**
   * Most requests in flight; how many of them a service takes is found out by trying. Default: 64 to Comprehend, 16 to each
   * SageMaker endpoint, 64 to each Bedrock model.
   */
  maxConcurrency: v.optional(maxConcurrency),
  /** Requests and inputs a second that services are known to allow, so that they need not throttle. Default: no bound. */
  quotas: v.optional(quotas),
  /**
   * HTTP requests for one request, the first included. Default: the SDK's (`AWS_MAX_ATTEMPTS`, else 3). Throttled ones
   * count only while the service throttles everything; without this option, for 10 seconds.
   */
  maxAttempts: v.optional(wholeNumber(1)),
});

export interface FlowOptions extends Readonly<v.InferInput<typeof flowOptions>> {}
