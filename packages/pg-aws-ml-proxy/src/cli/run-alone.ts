import type { ProxyLog } from '../proxy-log.js';
import type { ProxyOptions } from '../proxy-options.js';
import { beginAdmin } from './begin-admin.js';
import { exitCodes } from './exit-codes.js';
import { type Service, serve } from './serve.js';
import { onSignals } from './signals.js';

/** Runs the proxy in this process until a signal ends it. */
export async function runAlone(options: ProxyOptions, log: ProxyLog): Promise<void> {
  const starting = begin(options, log);
  // Whoever reads that it is listening may send a signal at once.
  onSignals({
    stop: () => void starting.then((service) => service.stop()).then(() => process.exit(exitCodes.fine)),
    end: () => process.exit(exitCodes.failed),
    reload: () => void starting.then((service) => service.reload()),
  });
  const { host, port } = (await starting).proxy;
  log('info', 'listening', { host, port });
}

async function begin(options: ProxyOptions, log: ProxyLog): Promise<Service> {
  let service: Service | undefined;
  await beginAdmin(options, log, {
    state() {
      if (service === undefined) return 'starting';
      return service.proxy.draining ? 'draining' : 'running';
    },
    async reports(kind) {
      return service?.report === undefined ? [] : [await service.report.of(kind)];
    },
  });
  service = await serve(options, log);
  return service;
}
