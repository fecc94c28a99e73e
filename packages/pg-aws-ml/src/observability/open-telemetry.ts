import type { MeterProvider, Tracer } from '@opentelemetry/api';
import type { LaneLimit } from 'aws-ml-core';
import { Metrics } from './metrics.js';
import type { PoolObserver, StatementStart, StatementWatch } from './pool-observer.js';
import { ObservedStatement } from './statement-span.js';

export type OpenTelemetryApi = typeof import('@opentelemetry/api');

/** The name of our instrumentation: the scope of its spans and metrics. */
const scope = 'pg-aws-ml';

/** Where the first major version of OpenTelemetry's API keeps the providers that are registered. */
const providers = Symbol.for('opentelemetry.js.api.1');

/** Whether anything is registered. The API takes longer to load than a statement to run. */
export const isOpenTelemetryInUse = (): boolean => providers in globalThis;

/**
 * Traces and measures the statements of a pool, where the application has OpenTelemetry's API; undefined where it has
 * not.
 */
export async function loadOpenTelemetry(limits: () => readonly LaneLimit[]): Promise<PoolObserver | undefined> {
  try {
    return new OpenTelemetry(await import('@opentelemetry/api'), limits);
  } catch {
    return undefined;
  }
}

class OpenTelemetry implements PoolObserver {
  readonly #api: OpenTelemetryApi;
  readonly #limits: () => readonly LaneLimit[];
  #provider: MeterProvider | undefined;
  #metrics: Metrics | undefined;

  constructor(api: OpenTelemetryApi, limits: () => readonly LaneLimit[]) {
    this.#api = api;
    this.#limits = limits;
  }

  /** Nothing where no SDK is registered, so that the statement costs nothing. */
  statement(start: StatementStart): StatementWatch | undefined {
    const tracer = this.#registeredTracer();
    const metrics = this.#currentMetrics();
    if (tracer === undefined && metrics === undefined) return undefined;
    const { trace } = this.#api;
    return new ObservedStatement(this.#api, tracer ?? trace.getTracer(scope), metrics, start);
  }

  close(): void {
    this.#metrics?.removePool(this.#limits);
  }

  #registeredTracer(): Tracer | undefined {
    const provider = this.#api.trace.getTracerProvider();
    return provider instanceof this.#api.ProxyTracerProvider
      ? provider.getDelegateTracer(scope)
      : provider.getTracer(scope);
  }

  /** Tracers find a provider that is registered later; meters don't. */
  #currentMetrics(): Metrics | undefined {
    const provider = this.#api.metrics.getMeterProvider();
    if (this.#provider !== provider) {
      this.#metrics?.removePool(this.#limits);
      const registered = provider.getMeter(scope) !== this.#api.createNoopMeter();
      this.#provider = provider;
      this.#metrics = registered ? Metrics.of(provider, scope) : undefined;
      this.#metrics?.addPool(this.#limits);
    }
    return this.#metrics;
  }
}
