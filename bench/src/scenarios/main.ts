/** Runs the scenarios and writes a line of JSON for each run, then one for each ratio. */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { median, rounded } from '../median.js';
import { LoadService } from '../service/load-service.js';
import { scenarioOf, scenarios } from './all.js';
import { measure, type Result } from './measure.js';
import type { Scenario } from './scenario.js';
import { createTables } from './tables.js';

const { values: flags } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true, default: scenarios.map((scenario) => scenario.name) },
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    latency: { type: 'string', multiple: true, default: ['0', '10', '50'] },
    contestant: { type: 'string', multiple: true },
    quota: { type: 'string' },
  },
});

const write = (line: object) => console.log(JSON.stringify(line));

async function main(): Promise<void> {
  const server = await startPostgres({ settings: { shared_buffers: '512MB' } });
  const service = await LoadService.start();
  const client = new pg.Client({ ...server });
  await client.connect();
  const pool = new Pool({ ...server });
  pool.on('error', () => {});
  try {
    await pool.query('CREATE EXTENSION aws_ml CASCADE');
    for (const name of flags.scenario) {
      const scenario = scenarioOf(name);
      const latencies = scenario.callsService === false ? ['0'] : flags.latency;
      for (const latency of latencies) await compare(scenario, Number(latency));
    }
  } finally {
    await pool.end();
    await client.end();
    service.stop();
    await server.stop();
  }

  async function compare(scenario: Scenario, latencyMs: number): Promise<void> {
    const rows = Math.ceil(Number(flags.rows) * (scenario.share ?? 1));
    await createTables(client, rows, scenario.repeats ?? false);
    const contestants = Object.keys(scenario.contestants).filter((name) => flags.contestant?.includes(name) ?? true);
    const quota = flags.quota === undefined ? {} : { perSecond: Number(flags.quota) };
    const results = new Map<string, Result[]>(contestants.map((name) => [name, []]));
    for (let round = 0; round < Number(flags.rounds); round += 1) {
      // Interleaved: whatever else the machine does meets all contestants alike.
      for (const contestant of contestants) {
        const entry = {
          scenario: scenario.name,
          contestant,
          rows: scenario.sampled?.[contestant] ?? rows,
          database: server,
        };
        const result = await measure(entry, service, { latencyMs, ...quota });
        results.get(contestant)?.push(result);
        write({ round, ...result });
      }
    }
    for (const contestant of contestants) {
      if (contestant !== 'pool') writeRatio(scenario, results.get('pool') ?? [], results.get(contestant) ?? []);
    }
  }
}

function writeRatio(scenario: Scenario, ours: readonly Result[], theirs: readonly Result[]): void {
  const [first] = theirs;
  if (first === undefined || ours[0] === undefined) return;
  const sampled = ours[0].rows !== first.rows;
  if (!sampled && ours[0].checksum !== first.checksum) throw new Error(`${scenario.name}: the contestants disagree`);
  const ratio = (of: (result: Result) => number) =>
    rounded(median(ours.map((result, round) => of(result) / of(theirs[round] as Result))));
  write({
    ratio: `pool / ${first.contestant}`,
    scenario: scenario.name,
    title: scenario.title,
    latencyMs: first.latencyMs,
    wall: ratio((result) => result.wallMs / result.rows),
    cpu: ratio((result) => result.cpuMs / result.rows),
    requests: scenario.callsService === false ? undefined : ratio((result) => result.requests / result.rows),
    peakMemory: sampled ? undefined : ratio((result) => result.peakMemoryMb),
  });
}

await main();
