/**
 * A throttling storm: many requests against a service that takes fewer than a client would like to send. Ours finds the
 * quota out; against it fixed concurrencies and the adaptive mode of the SDK. A line of JSON for each run, then one that
 * compares ours with the best fixed concurrency, which nobody knows beforehand.
 */
import { parseArgs } from 'node:util';
import { ComprehendClient, DetectSentimentCommand } from '@aws-sdk/client-comprehend';
import { Invoker } from 'aws-ml-core';
import { numberOf, optionalNumberOf } from '../flags.js';
import { serviceEnvironment } from '../service/environment.js';
import { LoadService } from '../service/load-service.js';
import { rounded } from '../statistics.js';
import { missed, type StormRun, stormReport } from './storm-report.js';

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
    /** Ends with an error where the time of our best round, or the median of our requests, is over its bound. */
    check: { type: 'boolean', default: false },
    'most-time': { type: 'string', default: '1.1' },
    'most-requests': { type: 'string', default: '1.05' },
  },
});

const atOnce = optionalNumberOf('at-once', flags['at-once'], 1);
const settings = {
  latencyMs: numberOf('latency', flags.latency),
  // Throttles by one of the two.
  perSecond: optionalNumberOf('per-second', flags['per-second'] ?? (atOnce === undefined ? '400' : undefined), 1),
  atOnce,
  burst: optionalNumberOf('burst', flags.burst, 1),
};
const rounds = numberOf('rounds', flags.rounds, 1);
const bounds = {
  time: numberOf('most-time', flags['most-time']),
  requests: numberOf('most-requests', flags['most-requests'], 1),
};
const texts = Array.from({ length: numberOf('requests', flags.requests, 1) }, (_, n) => `a stay, no. ${n}`);

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
  ...Object.fromEntries(flags.fixed.map((count) => [`fixed ${count}`, sdk(numberOf('fixed', count, 1), 'standard')])),
  ...(flags.adaptive && { 'SDK adaptive': sdk(64, 'adaptive') }),
};

const service = await LoadService.start();
Object.assign(process.env, serviceEnvironment(service.url));
const runs: StormRun[] = [];
for (let round = 0; round < rounds; round += 1) {
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
    const { requests } = counts;
    runs.push({ contestant: name, seconds: error === undefined ? seconds : Number.POSITIVE_INFINITY, requests });
  }
}
service.stop();
const report = stormReport(runs, texts.length);
console.log(JSON.stringify({ ratio: 'ours / best fixed', ...report }));
const over = flags.check ? missed(report, bounds) : [];
for (const reason of over) console.error(`storm: ${reason}`);
process.exit(over.length > 0 ? 1 : 0);
