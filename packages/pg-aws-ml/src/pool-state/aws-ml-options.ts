import { type InspectOptions, inspect } from 'node:util';
import type { BudgetOptions, FlowOptions, SharingOptions } from 'aws-ml-core';
import type { CacheOptions } from '../cache/cache-options.js';
import type { Logger } from '../observability/log.js';

/** The `awsMl` part of a Pool's or Client's configuration. Everything has a default. */
export interface AwsMlOptions {
  /** AWS region; by default the SDK's own chain (`AWS_REGION`, the shared config file, …). */
  readonly region?: string | undefined;
  /** An AWS SDK credential identity or provider; by default the SDK's own chain. */
  readonly credentials?: unknown;
  /** Base URLs in place of AWS's; by default the SDK's own (`AWS_ENDPOINT_URL_COMPREHEND`, …). */
  readonly endpoints?:
    | {
        readonly comprehend?: string | undefined;
        readonly sagemaker?: string | undefined;
        readonly bedrock?: string | undefined;
      }
    | undefined;
  /** Most requests in flight; how many of them a service takes is found out. Default: 64, 16 a SageMaker endpoint. */
  readonly maxConcurrency?: FlowOptions['maxConcurrency'];
  /** Requests and inputs a second that services are known to allow. Default: found out by trying. */
  readonly quotas?: FlowOptions['quotas'];
  /** Attempts of a request, the first included. Default: the SDK's (`AWS_MAX_ATTEMPTS`, else 3). */
  readonly maxAttempts?: FlowOptions['maxAttempts'];
  /** Bounds on what all statements of the Pool together send; SQLSTATE 53400 beyond. Default: none. */
  readonly budget?: BudgetOptions['budget'];
  /** Bounds on what each statement sends; SQLSTATE 53400 beyond. Default: none. */
  readonly statementBudget?: BudgetOptions['statementBudget'];
  /** Prices, by function and by endpoint or model, for `maxCostUsd`. Default: Comprehend's price list; SageMaker free. */
  readonly prices?: BudgetOptions['prices'];
  /** Whether concurrent statements share requests for equal inputs. Default: all but `aws_bedrock.invoke_model`. */
  readonly share?: SharingOptions['share'];
  /** Keeps results for later statements: in memory, in a table of the database, or in both. Default: nothing is kept. */
  readonly cache?: CacheOptions | undefined;
  /** Bytes of inputs and results that a statement remembers to send equal inputs once, a target. Default: 64 MiB. */
  readonly dedupMemoryBytes?: number | undefined;
  /** What a failed ML call gives: an error of the statement (the default), or NULL. */
  readonly onError?: 'fail' | 'null' | undefined;
  /** Takes log entries, which hold no SQL, no customer text and no secrets. Default: none is written. */
  readonly logger?: Logger | undefined;
}

const hidden = new WeakMap<object, unknown>();

/** No property of the object itself: nothing that lists, copies or prints an object's properties comes upon it. */
const hidesCredentials = Object.create(Object.prototype, {
  credentials: {
    get(this: object) {
      return hidden.get(this);
    },
    set(this: object, credentials: unknown) {
      hidden.set(this, credentials);
    },
  },
  // With `showHidden` and `getters`, properties of the prototype are printed, too.
  [inspect.custom]: {
    value(this: object, _depth: number, options: InspectOptions, print: typeof inspect) {
      return print({ ...this }, options);
    },
  },
});

/** A copy whose credentials can be read, but that no `util.inspect`, `JSON.stringify` or `structuredClone` shows. */
export function withHiddenCredentials(options: AwsMlOptions): AwsMlOptions {
  const { credentials, ...others } = options;
  if (credentials === undefined) return others;
  const copy: AwsMlOptions = Object.assign(Object.create(hidesCredentials), others);
  hidden.set(copy, credentials);
  return copy;
}
