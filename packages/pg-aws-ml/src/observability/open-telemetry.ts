import type { LaneLimit } from 'aws-ml-core';
import { Metrics } from './metrics.js';
import type { PoolObserver, StatementStart, StatementWatch } from './pool-observer.js';
import { ObservedStatement } from './statement-span.js';

export type OpenTelemetryApi = typeof import('@opentelemetry/api');

/** The name of our instrumentation: the scope of its spans and metrics. */
const scope = 'pg-aws-ml';

/**
 * Traces and measures the statements of a pool, where the application has OpenTelemetry's API; undefined where it has
 * not. Where the API is there but no SDK behind it, its own no-ops are called, a few for each request.
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
  #metrics: Metrics | undefined;

  constructor(api: OpenTelemetryApi, limits: () => readonly LaneLimit[]) {
    this.#api = api;
    this.#limits = limits;
  }

  statement(start: StatementStart): StatementWatch {
    return new ObservedStatement(this.#api, this.#api.trace.getTracer(scope), this.#currentMetrics(), start);
  }

  close(): void {
    this.#metrics?.removePool(this.#limits);
  }

  /** Tracers find a provider that is registered later; meters don't. */
  #currentMetrics(): Metrics {
    const metrics = Metrics.of(this.#api.metrics.getMeterProvider(), scope);
    if (this.#metrics !== metrics) {
      this.#metrics?.removePool(this.#limits);
      metrics.addPool(this.#limits);
      this.#metrics = metrics;
    }
    return metrics;
  }
}
