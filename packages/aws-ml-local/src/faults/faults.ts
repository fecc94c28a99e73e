import type { ServiceName } from '../services/service-name.js';

/**
 * When a fault strikes: `true` every time, a number the first so many times, `first` and `every` as they say (both: the
 * first so many times and every n-th after). Counted per service since the faults were set; with `operation` only its
 * requests are struck and counted.
 */
export type Occurrence =
  | true
  | number
  | { readonly first?: number; readonly every?: number; readonly operation?: string };

export interface ThrottleFault {
  readonly operation?: string;
  readonly first?: number;
  readonly every?: number;
  /** Requests a second that pass; more are throttled. A burst of as many passes at once. */
  readonly perSecond?: number;
}

/** Entries for BatchDetectSentiment's ErrorList; DetectSentiment fails as a whole. Counted per document. */
export interface DocumentFault {
  readonly first?: number;
  readonly every?: number;
  /** Only documents that contain the string, or for which the function says so. */
  readonly matching?: string | ((text: string) => boolean);
  /** Default INTERNAL_SERVER_ERROR. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export interface WrongRowsFault {
  /** Rows to add to (or, negative, to take from) a CSV answer. */
  readonly delta: number;
  readonly first?: number;
  readonly every?: number;
}

export interface ErrorFault {
  /** The code SDK clients see, e.g. `ModelNotReadyException`. */
  readonly code: string;
  readonly status: number;
  readonly message?: string;
  readonly operation?: string;
  readonly first?: number;
  readonly every?: number;
}

export interface GatewayFault {
  readonly status: 502 | 503 | 504;
  readonly operation?: string;
  readonly first?: number;
  readonly every?: number;
}

/** Jobs and endpoints on their way through SageMaker's states; counted as they come to the stage. */
export interface StageFault {
  /** A secondary status of AWS's (`ModelTuning`, `Downloading`, …), or of an endpoint `Creating`, `Updating`, `Deleting`. */
  readonly stage: string;
  /** Only what this operation has begun, e.g. `CreateTrainingJob`. */
  readonly operation?: string;
  readonly first?: number;
  readonly every?: number;
}

export interface FailingStageFault extends StageFault {
  /** The FailureReason. */
  readonly reason?: string;
}

/** What goes wrong, of one service. Faults that apply at once strike in the order of this list. */
export interface ServiceFaults {
  /** Delay of answers, in milliseconds; two numbers are a range, drawn by the seed. Refusals come at once. */
  readonly latencyMs?: number | readonly [from: number, to: number];
  readonly accessDenied?: Occurrence;
  readonly throttle?: Exclude<Occurrence, object> | ThrottleFault;
  /** Requests in flight that are served; one that arrives above them is throttled. */
  readonly maxConcurrency?: number;
  /** HTTP 500, which SDKs retry. */
  readonly serverError?: Occurrence;
  /** HTTP 503, which SDKs retry. */
  readonly unavailable?: Occurrence;
  /** The HTML page of a load balancer or proxy before the service: HTTP 502, 503 or 504. */
  readonly gateway?: GatewayFault;
  /** Any other error. */
  readonly error?: ErrorFault;
  /** The connection is reset without an answer. */
  readonly reset?: Occurrence;
  /** The connection is cut in the middle of the body. */
  readonly truncate?: Occurrence;
  /** The body is complete as HTTP goes, but cut short as JSON or CSV. */
  readonly malformed?: Occurrence;
  /** Comprehend only. */
  readonly documentErrors?: DocumentFault;
  /** SageMaker Runtime only. */
  readonly wrongRows?: WrongRowsFault;
  /** ResourceLimitExceeded, for operations that create something. SageMaker's control plane only. */
  readonly limitExceeded?: Occurrence;
  /** Jobs and endpoints that fail in a stage. SageMaker's control plane only. */
  readonly failAt?: FailingStageFault;
  /** Jobs and endpoints that stay in a stage until they are stopped, deleted or at their runtime's end. */
  readonly hangAt?: StageFault;
}

/** Faults by service. */
export type Faults = { readonly [service in ServiceName]?: ServiceFaults };
