import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import type { RunningProxy } from '../proxy.js';
import type { Activity } from './activity.js';
import type { LoopLag } from './loop-lag.js';
import { type ProcessStatus, processStatus } from './process-status.js';

/** As OpenTelemetry's conventions advise for what may take from milliseconds to minutes. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Of one process; plain values, to be sent to another. */
export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[];

type Labelled = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The metrics of one process. Labels are names of functions, endpoints and models, and codes; no text. */
export class ProcessMetrics {
  readonly #registry = new Registry();
  readonly #proxy: RunningProxy;
  readonly #activity: Activity;
  readonly #lag: LoopLag;
  #status: ProcessStatus;

  constructor(proxy: RunningProxy, activity: Activity, lag: LoopLag) {
    this.#proxy = proxy;
    this.#activity = activity;
    this.#lag = lag;
    this.#status = processStatus(proxy, activity, lag);
    collectDefaultMetrics({ register: this.#registry });
    this.#ofClients();
    this.#ofServices();
    this.#ofStatements();
  }

  values(): Promise<MetricValues> {
    this.#status = processStatus(this.#proxy, this.#activity, this.#lag);
    return this.#registry.getMetricsAsJSON();
  }

  #ofClients(): void {
    this.#gauge('clients', 'Clients that are connected.', [], ({ clients }) => [[{}, clients]]);
    this.#gauge('bytes_held', 'Bytes that have come from one side and wait for the other.', [], (status) => [
      [{}, status.heldBytes],
    ]);
    this.#counter('sessions_total', 'Sessions that have begun.', [], ({ sessionsBegun }) => [[{}, sessionsBegun]]);
    this.#counter('refused_total', 'Clients that were not let in, by SQLSTATE.', ['code'], ({ refused }) =>
      byCode(refused),
    );
    this.#counter('errors_total', 'Errors that clients were told, by SQLSTATE.', ['code'], ({ errors }) =>
      byCode(errors),
    );
    const help = 'Statements, by whether the server alone or the proxy has answered.';
    this.#counter('statements_total', help, ['by'], ({ statements }) => [
      [{ by: 'server' }, statements.native],
      [{ by: 'proxy' }, statements.ours],
    ]);
  }

  #ofServices(): void {
    for (const [name, help] of [
      ['requests', 'Requests sent to services; a retry is not a further one.'],
      ['retries', 'HTTP requests that sent something again.'],
      ['throttles', 'HTTP requests that a service refused because there were too many.'],
    ] as const) {
      this.#counter(`${name}_total`, help, ['function'], ({ functions }) =>
        functions.map((one) => [{ function: one.function }, one[name]]),
      );
    }
    const source = 'Evaluations of ML functions, by where the result is from.';
    this.#counter('inputs_total', source, ['function', 'source'], ({ functions }) =>
      functions.flatMap(({ function: name, inputs, distinctInputs, sharedInputs, cachedInputs, sentInputs }) => [
        [{ function: name, source: 'request' }, sentInputs],
        [{ function: name, source: 'equal_input' }, inputs - distinctInputs],
        [{ function: name, source: 'other_statement' }, sharedInputs],
        [{ function: name, source: 'cache' }, cachedInputs],
      ]),
    );
    const cost = 'US dollars by the price table, for what was sent and has a price.';
    this.#counter('cost_usd_total', cost, ['function', 'target'], ({ targets }) =>
      targets.map(({ function: name, target = '', costUsd }) => [{ function: name, target }, costUsd]),
    );
    this.#gauge('requests_in_flight', 'Requests under way.', ['function', 'target'], ({ targets }) =>
      targets.map(({ function: name, target = '', inFlight }) => [{ function: name, target }, inFlight]),
    );
    const limit = 'Requests at once that a service is given, as found out so far.';
    this.#gauge('concurrency_limit', limit, ['service', 'target'], ({ limits }) =>
      limits.map(({ service, target = '', limit }) => [{ service, target }, limit]),
    );
  }

  #ofStatements(): void {
    this.#gauge('statements_running', 'Statements with ML calls that are being answered.', [], ({ running }) => [
      [{}, running],
    ]);
    const durations = new Histogram({
      name: 'pg_aws_ml_statement_duration_seconds',
      help: 'Statements with ML calls.',
      labelNames: ['command', 'way', 'failed'],
      buckets: SECONDS,
      registers: [this.#registry],
    });
    this.#activity.onEnd = ({ command, way = '', seconds, failed }) =>
      durations.observe({ command, way, failed: String(failed) }, seconds);
  }

  #counter(name: string, help: string, labelNames: string[], read: (status: ProcessStatus) => Labelled[]): void {
    const values = () => read(this.#status);
    new Counter({
      name: `pg_aws_ml_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.inc(labels, value);
      },
    });
  }

  #gauge(name: string, help: string, labelNames: string[], read: (status: ProcessStatus) => Labelled[]): void {
    const values = () => read(this.#status);
    new Gauge({
      name: `pg_aws_ml_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.set(labels, value);
      },
    });
  }
}

const byCode = (counts: Readonly<Record<string, number>>): Labelled[] =>
  Object.entries(counts).map(([code, count]) => [{ code }, count]);

/** The sums of all processes, in Prometheus' text format. */
export async function exposition(processes: readonly MetricValues[]): Promise<{ type: string; text: string }> {
  const registry = AggregatorRegistry.aggregate(processes as unknown as object[]);
  return { type: registry.contentType, text: await registry.metrics() };
}
