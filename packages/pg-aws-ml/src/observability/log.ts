import type { AwsMlError, FailedAttempt, RequestFacts, RequestReport } from 'aws-ml-core';
import type { CacheFailure } from '../cache/outage.js';
import type { ConnectionChange, ExecutionMode, PoolObserver, StatementStart, StatementWatch } from './pool-observer.js';
import { rethrowOutside } from './rethrow-outside.js';

/** Takes log entries: a message that is always the same for the same thing, and what differs as fields. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

type Level = keyof Logger;

const levels: Readonly<Record<Level, true>> = { debug: true, info: true, warn: true, error: true };

export const isLogger = (value: unknown): boolean =>
  Object.keys(levels).every((level) => typeof (value as Record<string, unknown> | null)?.[level] === 'function');

const connectionEntries: Readonly<Record<ConnectionChange, readonly [Level, string]>> = {
  opened: ['info', 'second connection opened'],
  closed: ['debug', 'second connection closed'],
  lost: ['warn', 'second connection lost'],
};

const cacheEntries: Readonly<Record<CacheFailure['work'], readonly [Level, string]>> = {
  read: ['warn', 'cache cannot be read'],
  written: ['warn', 'cache cannot be written'],
};

/** Writes what an operator may want to know. */
export class Log implements PoolObserver {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  statement({ command }: StatementStart): StatementWatch {
    return {
      request: (request) => ({
        retried: (failed) => this.#retried(request, failed),
        ended: (report) => this.#ended(report),
      }),
      runs: (mode, reason) => this.#runs(command, mode, reason),
      budgetExceeded: (error) => this.#budgetExceeded(error),
    };
  }

  namesLearnt(count: number): void {
    this.#write('debug', 'names of ML functions and their callers learnt', { count });
  }

  answeringConnection(change: ConnectionChange): void {
    this.#write(...connectionEntries[change]);
  }

  cacheFailed({ work, table, code }: CacheFailure): void {
    this.#write(...cacheEntries[work], { table, code });
  }

  #runs(command: string, mode: ExecutionMode, reason: string | undefined): void {
    if (mode === 'replay') this.#write('debug', 'statement is replayed', { command, reason });
    if (mode === 'live') this.#write('info', 'statement runs live, one input a request', { command, reason });
  }

  /** Throttles are how the concurrency that a service allows is found out. */
  #retried({ function: name, operation, target }: RequestFacts, { code, attempts }: FailedAttempt): void {
    const level = code === 'THROTTLED' ? 'debug' : 'warn';
    this.#write(level, 'request retried', { function: name, operation, target, code, attempts });
  }

  #ended({ errorCode: code, ...report }: RequestReport): void {
    if (code === undefined) return;
    const {
      function: name,
      operation,
      target,
      inputs,
      attempts,
      throttles,
      awsErrorCode,
      httpStatus,
      requestId,
    } = report;
    const request = { function: name, operation, target, inputs, attempts, throttles };
    const level = code === 'ABORTED' ? 'debug' : 'error';
    this.#write(level, 'request failed', { ...request, code, awsErrorCode, httpStatus, requestId });
  }

  #budgetExceeded({ function: name, target, detail }: AwsMlError): void {
    this.#write('warn', 'budget exceeded', { function: name, target, detail });
  }

  #write(level: Level, message: string, fields?: object): void {
    rethrowOutside(() => this.#logger[level](message, ...(fields === undefined ? [] : [fields])));
  }
}
