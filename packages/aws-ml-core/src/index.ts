export { ConfigurationError } from 'aws-ml-options';
export type { LaneLimit } from './batching/concurrency-lanes.js';
export { defaultMaxConcurrency } from './batching/concurrency-lanes.js';
export type { BudgetState } from './budget/budget.js';
export { costOf, defaultPrices, priceOf } from './budget/prices.js';
export type { MlCallOrResult } from './call-arguments.js';
export { toMlCall } from './call-arguments.js';
export type { AwsMlErrorCode, AwsMlErrorFields } from './errors.js';
export { AwsMlError, awsMlErrorCodes } from './errors.js';
export type { MlServices } from './functions/create-services.js';
export { createServices } from './functions/create-services.js';
export type { Invocation } from './invocations/batch.js';
export { Invoker } from './invoker.js';
export type { InvokerOptions } from './invoker-options.js';
export type { MlCall, MlResult, TextValue } from './ml-call.js';
export type { MlFunction, MlFunctionName, MlParameter, MlResultColumn } from './ml-functions.js';
export { mlFunctions } from './ml-functions.js';
export type {
  InvokeOptions,
  InvokeOutcome,
  MlService,
  MlTarget,
  RequestFlow,
  RequestLimits,
} from './ml-service.js';
export type {
  FailedAttempt,
  MlOperation,
  RequestFacts,
  RequestObserver,
  RequestReport,
  RequestsObserver,
  SentBatch,
  StatementObserver,
} from './observer.js';
export { observeTogether, withinAll } from './observer.js';
export type { BudgetLimits, BudgetOptions, Price, PriceTable } from './options/budget-options.js';
export type { AwsCredentials, ConnectionOptions, CredentialsOption } from './options/connection-options.js';
export type { FlowOptions, MaxConcurrency, Quota, Quotas, ServiceName } from './options/flow-options.js';
export type { OnError } from './options/shared-options.js';
export type { SharingOptions } from './options/sharing-options.js';
export type { ResultStore, StoredResult, StoredTarget } from './result-store.js';
export type { StatementInvocations, StatementOptions } from './statement-invocations.js';
export type { FunctionStats, Spread } from './stats/function-stats.js';
