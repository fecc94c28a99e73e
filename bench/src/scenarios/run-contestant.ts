/** One contestant in a process of its own, so that CPU and memory are its own. Warms up, waits for the word, runs. */
import { once } from 'node:events';
import { ComprehendClient } from '@aws-sdk/client-comprehend';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import type { DatabaseAddress } from 'throwaway-postgres';
import { scenarioOf } from './all.js';
import type { Contestant, Outcome, Tools } from './scenario.js';
import { tablesOf } from './tables.js';

export interface Entry {
  readonly scenario: string;
  readonly contestant: string;
  readonly rows: number;
  readonly database: DatabaseAddress;
}

export interface Measurement extends Outcome {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMemoryMb: number;
}

const keepAlive = { keepAlive: true, maxSockets: 64 };

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function toolsFor(database: DatabaseAddress): Tools {
  const pool = lazily(() => new Pool({ ...database, max: 4, awsMl: { maxConcurrency: 64 } }));
  const plain = lazily(() => new pg.Pool({ ...database, max: 4 }));
  const comprehend = lazily(() => new ComprehendClient({ requestHandler: { httpAgent: keepAlive } }));
  const sagemaker = lazily(() => new SageMakerRuntimeClient({ requestHandler: { httpAgent: keepAlive } }));
  return {
    get pool() {
      return pool();
    },
    get pg() {
      return plain();
    },
    get comprehend() {
      return comprehend();
    },
    get sagemaker() {
      return sagemaker();
    },
  };
}

async function main(entry: Entry): Promise<void> {
  const contestant = scenarioOf(entry.scenario).contestants[entry.contestant] as Contestant;
  const tools = toolsFor(entry.database);
  await contestant(tools, tablesOf(entry.rows, true));
  process.send?.({ ready: true });
  await once(process, 'message');
  const cpu = process.cpuUsage();
  const started = performance.now();
  const outcome = await contestant(tools, tablesOf(entry.rows, false));
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
  const measurement: Measurement = { ...outcome, wallMs, cpuMs: (user + system) / 1_000, peakMemoryMb };
  process.send?.({ measurement }, () => process.exit(0));
}

await main(JSON.parse(process.argv[2] as string) as Entry);
