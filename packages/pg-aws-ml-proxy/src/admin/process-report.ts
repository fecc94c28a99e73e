import type { RunningProxy } from '../proxy.js';
import { Activity } from './activity.js';
import { LoopLag } from './loop-lag.js';
import { type MetricValues, ProcessMetrics } from './metrics.js';
import { type ProcessStatus, processStatus } from './process-status.js';

export { Activity };

/** What may be asked of a process. */
export interface Reports {
  readonly status: ProcessStatus;
  readonly metrics: MetricValues;
}

export type ReportKind = keyof Reports;

/** Tells what this process does. */
export class ProcessReport {
  readonly #proxy: RunningProxy;
  readonly #activity: Activity;
  readonly #lag = new LoopLag();
  readonly #metrics: ProcessMetrics;

  /** @param activity observes the statements of the proxy */
  constructor(proxy: RunningProxy, activity = new Activity()) {
    this.#proxy = proxy;
    this.#activity = activity;
    this.#metrics = new ProcessMetrics(proxy, activity, this.#lag);
  }

  async of<Kind extends ReportKind>(kind: Kind): Promise<Reports[Kind]> {
    const report =
      kind === 'metrics' ? await this.#metrics.values() : processStatus(this.#proxy, this.#activity, this.#lag);
    return report as Reports[Kind];
  }
}
