import cluster, { type Worker } from 'node:cluster';
import type { ProxyLog } from '../proxy-log.js';
import { defaults, type ProxyOptions } from '../proxy-options.js';
import { beginAdmin } from './begin-admin.js';
import { exitCodes } from './exit-codes.js';
import { serve } from './serve.js';
import { onSignals } from './signals.js';
import { answerReport, type ReportAnswer, type ReportQuestion, WorkerReports } from './worker-reports.js';

/** What the processes tell one another: what to do, the key of a cancel request, or a question about what they do. */
type Message = 'stop' | 'reload' | { readonly cancel: string } | ReportQuestion;
type Reply = { readonly cancel: string } | ReportAnswer;

/** A process that ends sooner is not begun again at once. */
const SHORT_LIFE_MS = 1_000;

/** Begins the processes that share the clients, and keeps so many running until a signal ends them. */
export async function superviseProcesses(count: number, options: ProxyOptions, log: ProxyLog): Promise<void> {
  const reports = new WorkerReports();
  let stopping = false;
  let announced = false;
  const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const tellAll = (message: Message, except?: Worker) => {
    for (const worker of workers()) if (worker !== except && worker.isConnected()) worker.send(message);
  };
  const begin = () => {
    const begun = Date.now();
    const worker = cluster.fork();
    worker.on('message', (message: Reply) => {
      if ('answer' in message) reports.answered(message);
      // Whoever holds the session has to stop waiting, whoever has got the request.
      else tellAll(message, worker);
    });
    worker.on('exit', (code) => {
      if (stopping) return;
      if (!announced) process.exit(code ?? exitCodes.failed);
      log('error', 'a process has ended', { code });
      setTimeout(begin, Date.now() - begun < SHORT_LIFE_MS ? SHORT_LIFE_MS : 0);
    });
  };
  cluster.on('listening', (_worker, { address, port }) => {
    if (announced) return;
    announced = true;
    log('info', 'listening', { host: address, port, processes: count });
  });
  onSignals({
    stop() {
      stopping = true;
      cluster.on('exit', () => {
        if (workers().length === 0) process.exit(exitCodes.fine);
      });
      tellAll('stop');
    },
    end() {
      for (const worker of workers()) worker.process.kill('SIGKILL');
      process.exit(exitCodes.failed);
    },
    reload: () => tellAll('reload'),
  });
  await beginAdmin(options, log, {
    state() {
      if (stopping) return 'draining';
      return announced ? 'running' : 'starting';
    },
    reports: (kind) => reports.ask(workers(), kind),
  });
  if (stopping) process.exit(exitCodes.fine);
  for (let i = 0; i < count; i++) begin();
}

/** One of those processes. Signals are the first one's, which tells. */
export async function runAmongOthers(options: ProxyOptions, log: ProxyLog): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const maxClients = Math.ceil((options.maxClients ?? defaults.maxClients) / (options.processes ?? 1));
  const starting = serve({ ...options, maxClients }, log, (key) => process.send?.({ cancel: key.toString('hex') }));
  const stop = () => void starting.then((service) => service.stop()).then(() => process.exit(exitCodes.fine));
  process.on('disconnect', stop);
  process.on('message', (message: Message) => {
    if (message === 'stop') stop();
    else if (message === 'reload') void starting.then((service) => service.reload());
    else if ('report' in message) void starting.then((service) => answerReport(message, service.report));
    else void starting.then((service) => service.proxy.cancel(Buffer.from(message.cancel, 'hex')));
  });
  await starting;
}
