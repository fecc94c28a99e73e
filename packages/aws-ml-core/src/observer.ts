import type { AwsMlError, AwsMlErrorCode } from './errors.js';
import type { MlFunctionName } from './ml-function.js';
import type { FunctionStats } from './stats/function-stats.js';

/** The operations that requests call, by the names of the AWS API references. */
export type MlOperation = 'BatchDetectSentiment' | 'DetectSentiment' | 'InvokeEndpoint' | 'InvokeModel' | 'Converse';

/** What is known of a request before it is sent: names and numbers, nothing of its inputs. */
export interface RequestFacts {
  readonly function: MlFunctionName;
  readonly operation: MlOperation;
  /** The language, endpoint or model, if it looks like a name. */
  readonly target: string | undefined;
  readonly inputs: number;
  /** Bytes of the body. */
  readonly bytes: number;
  /** True where the request sends inputs again that an earlier request of the same batch already sent. */
  readonly resend: boolean;
}

/** What came of a request, its retries included. */
export interface RequestReport extends RequestFacts {
  /** HTTP requests sent: 1, and one more for each retry; 0 where nothing could be sent. */
  readonly attempts: number;
  /** Attempts that the service refused because there were too many. */
  readonly throttles: number;
  readonly durationMs: number;
  /** Undefined where the service answered; then single inputs may still have errors of their own. */
  readonly errorCode: AwsMlErrorCode | undefined;
  /** The error's name as AWS models it. */
  readonly awsErrorCode: string | undefined;
  /** Of the last answer. */
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly region: string | undefined;
  /** Where the request was sent. */
  readonly server: { readonly address: string; readonly port: number | undefined } | undefined;
}

/** An attempt that failed and is followed by another. */
export interface FailedAttempt {
  readonly code: AwsMlErrorCode;
  /** HTTP requests so far. */
  readonly attempts: number;
}

/** Is told of the course of one request. */
export interface RequestObserver {
  /** Sends the request, so that what is observed underneath belongs to it. */
  within?<T>(send: () => Promise<T>): Promise<T>;
  retried?(failed: FailedAttempt): void;
  ended?(report: RequestReport): void;
}

/** Is told of requests; where it gives nothing, it is not told of the course of that request. */
export interface RequestsObserver {
  request?(facts: RequestFacts): RequestObserver | undefined;
}

/**
 * Is told what becomes of a statement's calls: names, counts, times and error codes, never customer text. It is called
 * in the asynchronous context of the statement, and must not throw.
 */
export interface StatementObserver extends RequestsObserver {
  /** A batch is sent: once, however many requests it takes. */
  sends?(batch: SentBatch): void;
  /** A request was not sent because of a budget. */
  budgetExceeded?(error: AwsMlError): void;
  /** The statement's calls are over. */
  closed?(stats: readonly FunctionStats[]): void;
}

/** What is about to be sent for the first time: to a function's endpoint, model or language. */
export interface SentBatch {
  readonly function: MlFunctionName;
  /** The language, endpoint or model, if it looks like a name. */
  readonly target: string | undefined;
  readonly inputs: number;
  /** US dollars by the price table; undefined where there is no price. */
  readonly costUsd: number | undefined;
}

/** Lets several observe the same requests. */
export function observeTogether(observers: readonly RequestsObserver[]): Required<RequestsObserver> {
  return {
    request(facts) {
      const told = observers.flatMap((observer) => observer.request?.(facts) ?? []);
      return told.length > 1 ? together(told) : told[0];
    },
  };
}

const together = (observers: readonly RequestObserver[]): RequestObserver => ({
  within: (send) => withinAll(observers, send),
  retried(failed) {
    for (const observer of observers) observer.retried?.(failed);
  },
  ended(report) {
    for (const observer of observers) observer.ended?.(report);
  },
});

/** Does the work within the context of every observer that has one. */
export function withinAll<T>(
  observers: readonly { within?<R>(work: () => Promise<R>): Promise<R> }[],
  work: () => Promise<T>,
): Promise<T> {
  return observers.reduceRight<() => Promise<T>>(
    (inner, observer) => (observer.within === undefined ? inner : () => observer.within!(inner)),
    work,
  )();
}
