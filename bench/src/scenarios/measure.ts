import { fork } from 'node:child_process';
import { once } from 'node:events';
import { serviceEnvironment } from '../service/environment.js';
import type { LoadService } from '../service/load-service.js';
import type { ServiceSettings } from '../service/service-process.js';
import type { Entry, Measurement } from './run-contestant.js';

export interface Result extends Measurement {
  readonly scenario: string;
  readonly contestant: string;
  readonly latencyMs: number;
  readonly rowsPerSecond: number;
  readonly requests: number;
  readonly throttled: number;
  readonly inputs: number;
}

/** Runs one contestant once. */
export async function measure(entry: Entry, service: LoadService, settings: ServiceSettings): Promise<Result> {
  await service.configure({ latencyMs: 0 });
  // Flags of Node for us are for the contestants as well: --cpu-prof, say.
  const child = fork(new URL('run-contestant.js', import.meta.url), [JSON.stringify(entry)], {
    execArgv: process.execArgv,
    env: { ...process.env, ...serviceEnvironment(service.url) },
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${entry.contestant} of ${entry.scenario} ended with exit code ${code}`);
  });
  failed.catch(() => {});
  await Promise.race([once(child, 'message'), failed]);
  await service.configure(settings);
  child.send({ go: true });
  const [{ measurement }] = (await Promise.race([once(child, 'message'), failed])) as [{ measurement: Measurement }];
  const { requests, throttled, inputs } = await service.counts();
  return {
    scenario: entry.scenario,
    contestant: entry.contestant,
    latencyMs: settings.latencyMs,
    ...measurement,
    rowsPerSecond: (measurement.rows / measurement.wallMs) * 1_000,
    requests,
    throttled,
    inputs,
  };
}
