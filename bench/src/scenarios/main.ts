/** Runs the scenarios and writes a line of JSON for each run, then one for each ratio. */
import { parseArgs } from 'node:util';
import { numberOf, optionalNumberOf } from '../flags.js';
import { LoadService } from '../service/load-service.js';
import { scenarioOf, scenarios } from './all.js';
import { measure, type Result } from './measure.js';
import { type Ratio, ratioOf } from './ratios.js';
import type { Scenario } from './scenario.js';
import { type Server, ServerMissing, Servers } from './servers.js';
import { createTables } from './tables.js';

const { values: flags } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true, default: scenarios.map((scenario) => scenario.name) },
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    latency: { type: 'string', multiple: true, default: ['0', '10', '50'] },
    contestant: { type: 'string', multiple: true },
    quota: { type: 'string' },
    /** Ends with an error where the Pool sent more requests than another contestant. */
    check: { type: 'boolean', default: false },
  },
});
const rounds = numberOf('rounds', flags.rounds, 1);
const rowsWanted = numberOf('rows', flags.rows, 1);
const latencies = flags.latency.map((text) => numberOf('latency', text));
const quota = { perSecond: optionalNumberOf('quota', flags.quota, 1) };
const chosen = flags.scenario.map(scenarioOf);

const write = (line: object) => console.log(JSON.stringify(line));

async function main(): Promise<Ratio[]> {
  const servers = new Servers();
  const service = await LoadService.start();
  const ratios: Ratio[] = [];
  try {
    for (const scenario of chosen) {
      const server = await serverOf(servers, scenario);
      if (server === undefined) continue;
      for (const latencyMs of latencies) {
        ratios.push(...(await compare(scenario, server, service, latencyMs)));
      }
    }
  } finally {
    service.stop();
    await servers.stop();
  }
  return ratios;
}

/** Undefined where the machine has none of that kind; the scenario is then left out. */
async function serverOf(servers: Servers, scenario: Scenario): Promise<Server | undefined> {
  try {
    return await servers.get(scenario.server ?? 'embedded');
  } catch (error) {
    if (!(error instanceof ServerMissing)) throw error;
    write({ skipped: scenario.name, reason: error.message });
    return undefined;
  }
}

async function compare(scenario: Scenario, server: Server, service: LoadService, latencyMs: number): Promise<Ratio[]> {
  const rows = Math.ceil(rowsWanted * (scenario.share ?? 1));
  await createTables(server.client, rows, scenario.repeats ?? false);
  await scenario.prepare?.(server.client, service.url);
  const contestants = Object.keys(scenario.contestants).filter((name) => flags.contestant?.includes(name) ?? true);
  const results = new Map<string, Result[]>(contestants.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Interleaved: whatever else the machine does meets all contestants alike.
    for (const contestant of contestants) {
      const sample = Math.min(rows, scenario.sampled?.[contestant] ?? rows);
      const entry = { scenario: scenario.name, contestant, rows: sample, database: server.address };
      const result = await measure(entry, service, { latencyMs, ...quota });
      results.get(contestant)?.push(result);
      write({ round, ...result });
    }
  }
  const ours = results.get('pool') ?? [];
  const others = contestants.filter((name) => name !== 'pool');
  const ratios = others.flatMap((name) => ratioOf(scenario, ours, results.get(name) ?? []) ?? []);
  for (const ratio of ratios) write(ratio);
  return ratios;
}

const ratios = await main();
const tooMany = flags.check ? ratios.filter(({ requests = 0 }) => requests > 1) : [];
for (const { scenario, ratio, requests } of tooMany)
  console.error(`${scenario}: ${requests} of the requests, ${ratio}`);
process.exitCode = tooMany.length > 0 ? 1 : 0;
