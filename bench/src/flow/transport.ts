/**
 * What a request costs the client: requests a second and CPU, through the plain SDK and through aws-ml-core, at latency
 * 0, in interleaved runs. Writes a line of JSON for each run, then the ratios.
 */
import { parseArgs } from 'node:util';
import { BatchDetectSentimentCommand, ComprehendClient } from '@aws-sdk/client-comprehend';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { createServices, type MlFunctionName } from 'aws-ml-core';
import { numberOf } from '../flags.js';
import { serviceEnvironment } from '../service/environment.js';
import { LoadService } from '../service/load-service.js';
import { medianRatio, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '4000' },
    rounds: { type: 'string', default: '5' },
    concurrency: { type: 'string', multiple: true, default: ['16', '64'] },
    client: { type: 'string', multiple: true },
  },
});

const texts = Array.from(
  { length: 25 },
  (_, n) => `The room was quiet, the breakfast late, and the view worth it: ${n}`,
);
const rows = Array.from({ length: 1_000 }, (_, n) => `${n},${n / 2},${n % 7},${n * 1.25}`);

type Send = () => Promise<unknown>;

function clientsOf(): Record<string, { sdk: Send; core: Send }> {
  const requestHandler = { httpAgent: { keepAlive: true, maxSockets: 64 } };
  const comprehend = new ComprehendClient({ requestHandler });
  const sagemaker = new SageMakerRuntimeClient({ requestHandler });
  const services = createServices();
  const invoke = async (name: MlFunctionName, inputs: readonly string[], target: string) => {
    const outcomes = await services[name].invokeBatch(inputs, { target: { name: target, arguments: [target] } });
    for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
  };
  return {
    comprehend: {
      sdk: () => comprehend.send(new BatchDetectSentimentCommand({ TextList: texts, LanguageCode: 'en' })),
      core: () => invoke('aws_comprehend.detect_sentiment', texts, 'en'),
    },
    sagemaker: {
      sdk: () =>
        sagemaker.send(
          new InvokeEndpointCommand({ EndpointName: 'meter', ContentType: 'text/csv', Body: rows.join('\n') }),
        ),
      core: () => invoke('aws_sagemaker.invoke_endpoint', rows, 'meter'),
    },
  };
}

async function run(send: Send, requests: number, concurrency: number) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  let left = requests;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(cpu);
  return {
    requestsPerSecond: rounded((requests / (performance.now() - started)) * 1_000),
    cpuMicroseconds: rounded((user + system) / requests),
  };
}

const service = await LoadService.start();
Object.assign(process.env, serviceEnvironment(service.url));
for (const [operation, clients] of Object.entries(clientsOf())) {
  for (const concurrency of flags.concurrency.map((text) => numberOf('concurrency', text, 1))) {
    const names = (['sdk', 'core'] as const).filter((name) => flags.client?.includes(name) ?? true);
    const cpu = { sdk: [] as number[], core: [] as number[] };
    for (let round = -1; round < numberOf('rounds', flags.rounds, 1); round += 1) {
      for (const client of names) {
        const measured = await run(clients[client], numberOf('requests', flags.requests, 1), concurrency);
        // The first round warms up.
        if (round < 0) continue;
        cpu[client].push(measured.cpuMicroseconds);
        console.log(JSON.stringify({ operation, concurrency, client, round, ...measured }));
      }
    }
    if (names.length < 2) continue;
    const ratio = rounded(medianRatio(cpu.core, cpu.sdk, (value) => value));
    console.log(JSON.stringify({ ratio: 'core / sdk', operation, concurrency, cpu: ratio }));
  }
}
service.stop();
process.exit();
