/**
 * A throttling storm: many requests against a service that takes fewer than a client would like to send. Ours finds the
 * quota out; against it fixed concurrencies and the adaptive mode of the SDK. A line of JSON for each run, then one that
 * compares ours with the best fixed concurrency, which nobody knows beforehand.
 */
import { parseArgs } from 'node:util';
import { ComprehendClient, DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import { Invoker } from 'aws-ml-core';
import { median, rounded } from '../median.js';
import { serviceEnvironment } from '../service/environment.js';
import { LoadService } from '../service/load-service.js';

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    latency: { type: 'string', default: '10' },
    'per-second': { type: 'string' },
    'at-once': { type: 'string' },
    burst: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    fixed: { type: 'string', multiple: true, default: ['2', '4', '6', '8', '12', '16', '64'] },
    adaptive: { type: 'boolean', default: false },
    /** Ends with an error where ours misses its targets. */
    check: { type: 'boolean', default: false },
  },
});

const optional = (value: string | undefined) => (value === undefined ? undefined : Number(value));
const perSecond = optional(flags['per-second'] ?? (flags['at-once'] === undefined ? '400' : undefined));
const settings = {
  latencyMs: Number(flags.latency),
  perSecond,
  atOnce: optional(flags['at-once']),
  burst: optional(flags.burst),
};
const texts = Array.from({ length: Number(flags.requests) }, (_, n) => `a stay, no. ${n}`);

type Contestant = () => Promise<void>;

const ours: Contestant = async () => {
  const invoker = new Invoker();
  const statement = invoker.openStatement();
  const invocations = texts.map((text) =>
    statement.enqueue({ function: 'aws_comprehend.detect_sentiment', arguments: [text, 'en'], maxRowsPerBatch: 1 }),
  );
  statement.flush();
  await statement.settled(invocations);
  const failed = statement.firstError();
  invoker.close();
  if (failed !== undefined) throw failed;
};

const sdk =
  (concurrency: number, retryMode: 'standard' | 'adaptive'): Contestant =>
  async () => {
    const requestHandler = { httpAgent: { keepAlive: true, maxSockets: concurrency } };
    const client = new ComprehendClient({ requestHandler, retryMode, maxAttempts: 10 });
    let next = 0;
    const worker = async () => {
      while (next < texts.length) {
        const text = texts[next++] as string;
        await client.send(new DetectSentimentCommand({ Text: text, LanguageCode: 'en' }));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    client.destroy();
  };

const contestants: Record<string, Contestant> = {
  ours,
  ...Object.fromEntries(flags.fixed.map((count) => [`fixed ${count}`, sdk(Number(count), 'standard')])),
  ...(flags.adaptive && { 'SDK adaptive': sdk(64, 'adaptive') }),
};

const service = await LoadService.start();
Object.assign(process.env, serviceEnvironment(service.url));
const times = new Map<string, number[]>();
const requests = new Map<string, number[]>();
for (let round = 0; round < Number(flags.rounds); round += 1) {
  for (const [name, contestant] of Object.entries(contestants)) {
    await service.configure(settings);
    const started = performance.now();
    const error = await contestant().then(
      () => undefined,
      (failed: Error) => failed.name,
    );
    const seconds = rounded((performance.now() - started) / 1_000);
    const counts = await service.counts();
    console.log(JSON.stringify({ contestant: name, round, seconds, ...counts, error }));
    // What failed has no time.
    times.set(name, [...(times.get(name) ?? []), error === undefined ? seconds : Number.POSITIVE_INFINITY]);
    requests.set(name, [...(requests.get(name) ?? []), counts.requests]);
  }
}
service.stop();
const medianOf = (name: string) => median(times.get(name) ?? []);
const [best = ''] = [...times.keys()]
  .filter((name) => name.startsWith('fixed'))
  .sort((a, b) => medianOf(a) - medianOf(b));
const time = rounded(medianOf('ours') / medianOf(best));
const sent = rounded(median(requests.get('ours') ?? []) / texts.length, 4);
console.log(JSON.stringify({ ratio: `ours / best fixed (${best})`, time, requests: sent }));
process.exit(flags.check && (time > 1.1 || sent > 1.05) ? 1 : 0);
