import type { Attributes, Context, Counter, Histogram, Meter, MeterProvider, UpDownCounter } from '@opentelemetry/api';
import type { FunctionStats, LaneLimit, RequestFacts, RequestReport } from 'aws-ml-core';
import { functionAttributes, generativeAttributes, outcomeAttributes, rpcAttributes } from './attributes.js';
import type { ExecutionMode, StatementStart } from './pool-observer.js';

type Limits = () => readonly LaneLimit[];

/** As the conventions advise for calls that may take from milliseconds to minutes. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** As OpenTelemetry's conventions advise for `gen_ai.client.operation.duration`. */
const generativeBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/** The instruments of one meter provider, which all pools of the process share: their values add up. */
export class Metrics {
  static readonly #byProvider = new WeakMap<MeterProvider, Metrics>();

  readonly #callDuration: Histogram;
  readonly #generativeDuration: Histogram;
  readonly #statementDuration: Histogram;
  readonly #active: UpDownCounter;
  readonly #requests: Counter;
  readonly #retries: Counter;
  readonly #throttles: Counter;
  readonly #inputs: Counter;
  readonly #pools = new Set<Limits>();

  static of(provider: MeterProvider, scope: string): Metrics {
    let metrics = Metrics.#byProvider.get(provider);
    if (metrics === undefined) {
      metrics = new Metrics(provider.getMeter(scope));
      Metrics.#byProvider.set(provider, metrics);
    }
    return metrics;
  }

  private constructor(meter: Meter) {
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(name, { unit, description });
    const seconds = (name: string, description: string, explicitBucketBoundaries = durationBuckets) =>
      meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries } });
    this.#callDuration = seconds('rpc.client.call.duration', 'Requests to services, with their retries.');
    this.#generativeDuration = seconds(
      'gen_ai.client.operation.duration',
      'Requests to Amazon Bedrock, with their retries.',
      generativeBuckets,
    );
    this.#statementDuration = seconds('aws_ml.statement.duration', 'Statements that make ML calls.');
    this.#active = meter.createUpDownCounter('aws_ml.request.active', {
      unit: '{request}',
      description: 'Requests that are under way.',
    });
    this.#requests = counter('aws_ml.request.count', '{request}', 'Requests sent; a retry is not a further one.');
    this.#retries = counter('aws_ml.request.retries', '{request}', 'HTTP requests that sent something again.');
    this.#throttles = counter('aws_ml.request.throttles', '{request}', 'HTTP requests that a service throttled.');
    this.#inputs = counter('aws_ml.inputs', '{input}', 'Evaluations of ML functions, by where the result is from.');
    meter
      .createObservableGauge('aws_ml.request.limit', {
        unit: '{request}',
        description: 'Requests at once that a service is given, as found out so far.',
      })
      .addCallback((result) => {
        for (const { attributes, limit } of this.#limits()) result.observe(limit, attributes);
      });
  }

  /** Observes a pool's limits until it is removed. */
  addPool(limits: Limits): void {
    this.#pools.add(limits);
  }

  removePool(limits: Limits): void {
    this.#pools.delete(limits);
  }

  requestStarted(facts: RequestFacts): void {
    this.#active.add(1, functionAttributes(facts));
  }

  requestEnded(facts: RequestFacts, report: RequestReport, context: Context): void {
    this.#active.add(-1, functionAttributes(facts));
    const seconds = report.durationMs / 1000;
    const outcome = outcomeAttributes(report);
    this.#callDuration.record(seconds, { ...rpcAttributes(facts), ...functionAttributes(facts), ...outcome }, context);
    const generative = generativeAttributes(facts);
    if (generative !== undefined) this.#generativeDuration.record(seconds, { ...generative, ...outcome }, context);
  }

  /** What a statement has asked of one function. */
  calls({ function: name, requests, retries, throttles, ...stats }: FunctionStats): void {
    const attributes = { 'aws_ml.function': name };
    add(this.#requests, requests, attributes);
    add(this.#retries, retries, attributes);
    add(this.#throttles, throttles, attributes);
    const { inputs, distinctInputs, sentInputs, sharedInputs, cachedInputs } = stats;
    const sources = {
      request: sentInputs,
      equal_input: inputs - distinctInputs,
      other_statement: sharedInputs,
      cache: cachedInputs,
    };
    for (const [source, count] of Object.entries(sources)) {
      add(this.#inputs, count, { ...attributes, 'aws_ml.input.source': source });
    }
  }

  statementEnded(
    { command, recognisedAt }: StatementStart,
    mode: ExecutionMode | undefined,
    failure: string | undefined,
    context: Context,
  ): void {
    const attributes: Attributes = {
      'db.operation.name': command,
      ...(mode !== undefined && { 'aws_ml.statement.mode': mode }),
      ...(failure !== undefined && { 'error.type': failure }),
    };
    this.#statementDuration.record((performance.now() - recognisedAt) / 1000, attributes, context);
  }

  /** The limits of all pools, added up by service and target. */
  #limits(): Iterable<{ readonly attributes: Attributes; limit: number }> {
    const sums = new Map<string, { readonly attributes: Attributes; limit: number }>();
    for (const { service, target, limit } of [...this.#pools].flatMap((limits) => limits())) {
      const key = `${service} ${target}`;
      const sum = sums.get(key);
      const attributes = { 'aws_ml.service': service, ...(target !== undefined && { 'aws_ml.target': target }) };
      if (sum === undefined) sums.set(key, { attributes, limit });
      else sum.limit += limit;
    }
    return sums.values();
  }
}

function add(counter: Counter, count: number, attributes: Attributes): void {
  if (count > 0) counter.add(count, attributes);
}
