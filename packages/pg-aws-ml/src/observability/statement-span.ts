import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { FailedAttempt, FunctionStats, RequestFacts, RequestObserver, RequestReport } from 'aws-ml-core';
import { answerAttributes, requestAttributes, spanName } from './attributes.js';
import type { Metrics } from './metrics.js';
import type { OpenTelemetryApi } from './open-telemetry.js';
import type { ExecutionMode, StatementEnd, StatementStart, StatementWatch } from './pool-observer.js';

/** A statement's span, with those of its requests under it, and its measurements. */
export class ObservedStatement implements StatementWatch {
  readonly #api: OpenTelemetryApi;
  readonly #tracer: Tracer;
  readonly #metrics: Metrics | undefined;
  readonly #start: StatementStart;
  readonly #span: Span;
  readonly #context: Context;
  readonly #counts = new Map<string, number>();
  #mode: ExecutionMode | undefined;

  constructor(api: OpenTelemetryApi, tracer: Tracer, metrics: Metrics | undefined, start: StatementStart) {
    const { command, recognisedAt, plannedAt } = start;
    const parent = api.context.active();
    this.#api = api;
    this.#tracer = tracer;
    this.#metrics = metrics;
    this.#start = start;
    const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': command };
    this.#span = tracer.startSpan(`aws_ml ${command}`, { startTime: recognisedAt, attributes }, parent);
    this.#context = api.trace.setSpan(parent, this.#span);
    this.#span.addEvent('aws_ml.planned', plannedAt);
  }

  within<T>(work: () => Promise<T>): Promise<T> {
    return this.#api.context.with(this.#context, work);
  }

  validated(): void {
    this.#span.addEvent('aws_ml.validated');
  }

  runs(mode: ExecutionMode, reason?: string): void {
    this.#mode = mode;
    this.#span.setAttribute('aws_ml.statement.mode', mode);
    if (reason !== undefined) this.#span.setAttribute('aws_ml.statement.reason', reason);
  }

  request(facts: RequestFacts): RequestObserver {
    const options = { kind: this.#api.SpanKind.CLIENT, attributes: requestAttributes(facts) };
    const span = this.#tracer.startSpan(spanName(facts), options, this.#context);
    const context = this.#api.trace.setSpan(this.#context, span);
    this.#metrics?.requestStarted(facts);
    return {
      within: (send) => this.#api.context.with(context, send),
      retried: ({ code, attempts }: FailedAttempt) =>
        span.addEvent('aws_ml.retry', { 'error.type': code, 'aws_ml.request.attempts': attempts }),
      ended: (report: RequestReport) => {
        span.setAttributes(answerAttributes(report));
        if (report.errorCode !== undefined) span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
        span.end();
        this.#metrics?.requestEnded(facts, report, context);
      },
    };
  }

  /** A statement may ask in several parts: for each endpoint apart, or again by replay. */
  closed(stats: readonly FunctionStats[]): void {
    for (const one of stats) {
      this.#metrics?.calls(one);
      for (const [name, count] of counted(one)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
    }
  }

  ended({ rows, failure }: StatementEnd): void {
    this.#span.setAttributes({
      ...Object.fromEntries(this.#counts),
      'db.response.returned_rows': rows,
      ...(failure !== undefined && { 'error.type': failure }),
    });
    if (failure !== undefined) this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    this.#span.end();
    this.#metrics?.statementEnded(this.#start, this.#mode, failure, this.#context);
  }
}

const counted = (stats: FunctionStats): readonly (readonly [string, number])[] => [
  ['aws_ml.statement.inputs', stats.inputs],
  ['aws_ml.statement.distinct_inputs', stats.distinctInputs],
  ['aws_ml.statement.shared_inputs', stats.sharedInputs],
  ['aws_ml.statement.cached_inputs', stats.cachedInputs],
  ['aws_ml.statement.requests', stats.requests],
  ['aws_ml.statement.retries', stats.retries],
];
