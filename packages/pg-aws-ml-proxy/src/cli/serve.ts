import type { ProcessReport } from '../admin/process-report.js';
import { type RunningProxy, startProxy } from '../proxy.js';
import type { ProxyLog } from '../proxy-log.js';
import type { ProxyOptions } from '../proxy-options.js';

/** A proxy with its engines, in this process. */
export interface Service {
  readonly proxy: RunningProxy;
  /** Where `admin` is set. */
  readonly report: ProcessReport | undefined;
  /** Ends gracefully. */
  stop(): Promise<void>;
  reload(): Promise<void>;
}

export async function serve(
  options: ProxyOptions,
  log: ProxyLog,
  cancelRequested?: (key: Buffer) => void,
): Promise<Service> {
  const reporting = options.admin === undefined ? undefined : await import('../admin/process-report.js');
  const activity = reporting && new reporting.Activity();
  const proxy = await startProxy(options, { log, cancelRequested, observer: activity });
  return {
    proxy,
    report: reporting && new reporting.ProcessReport(proxy, activity),
    async stop() {
      log('info', 'shutting down', { clients: proxy.sessions.size });
      const left = await proxy.drain();
      if (left > 0) log('warn', 'clients were cut off', { clients: left });
    },
    async reload() {
      try {
        await proxy.reloadCertificates();
        log('info', 'certificates were read again');
      } catch (error) {
        log('error', 'certificates stay as they were', { reason: (error as Error).message });
      }
    },
  };
}
