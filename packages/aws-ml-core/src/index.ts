export type { FlowOptions, LaneLimit, MaxConcurrency, Quotas, ServiceName } from './batching/concurrency-lanes.js';
export { defaultMaxConcurrency } from './batching/concurrency-lanes.js';
export type { Quota } from './batching/request-quota.js';
export type { BudgetLimits } from './budget/budget.js';
export type { BudgetOptions } from './budget/budget-gate.js';
export type { Price, PriceTable } from './budget/prices.js';
export { costOf, defaultPrices, priceOf } from './budget/prices.js';
export type { MlCallOrResult } from './call-arguments.js';
export { toMlCall } from './call-arguments.js';
export type { AwsMlErrorCode, AwsMlErrorFields } from './errors.js';
export { AwsMlError } from './errors.js';
export type { MlServices } from './functions/create-services.js';
export { createServices } from './functions/create-services.js';
export type { Invocation } from './invocations/batch.js';
export type { InvokerOptions } from './invoker.js';
export { Invoker } from './invoker.js';
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
  StatementObserver,
} from './observer.js';
export { observeTogether, withinAll } from './observer.js';
export type { ResultStore, StoredResult, StoredTarget } from './sharing/result-store.js';
export type { SharingOptions } from './sharing/shared-results.js';
export type { OnError, StatementInvocations, StatementOptions } from './statement-invocations.js';
export type { FunctionStats, Spread } from './stats/function-stats.js';
export type { ConnectionOptions } from './transport/sdk-clients.js';
