/**
 * What a process pays before its first answers: the import, net of Node itself, the first plain statement of a new
 * client and the first with an ML call, beside `pg`. Each measurement is a process of its own, in turns. Processor
 * time, because files come from the machine's cache; the first statements in time that passes as well.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { serviceEnvironment } from '../service/environment.js';
import { LoadService } from '../service/load-service.js';
import { median, medianRatio, rounded } from '../statistics.js';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = numberOf('rounds', flags.rounds, 1);

const STATEMENTS = [
  'SELECT 1',
  `SELECT (aws_comprehend.detect_sentiment('What a wonderful stay!', 'en')).sentiment`,
  `SELECT (aws_comprehend.detect_sentiment('What a wonderful day!', 'en')).sentiment`,
];

interface Start {
  readonly importCpuMs: number;
  /** Of each statement, after connecting. */
  readonly statementMs: readonly number[];
  readonly statementCpuMs: readonly number[];
}

/** The program that is measured. It prints a `Start`. */
const program = (module: string, statements: readonly string[]) => `
  const cpu = (since) => { const used = process.cpuUsage(since); return (used.user + used.system) / 1000; };
  const before = process.cpuUsage();
  ${module === '' ? '' : `const { Client } = (await import('${module}')).default;`}
  const start = { importCpuMs: cpu(before), statementMs: [], statementCpuMs: [] };
  if (${statements.length} > 0) {
    const client = new Client();
    await client.connect();
    for (const statement of ${JSON.stringify(statements)}) {
      const [used, began] = [process.cpuUsage(), performance.now()];
      await client.query(statement);
      start.statementMs.push(performance.now() - began);
      start.statementCpuMs.push(cpu(used));
    }
    await client.end();
  }
  console.log(JSON.stringify(start));`;

const server = await startPostgres();
const service = await LoadService.start();
try {
  const pool = new Pool({ ...server, max: 1 });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  await pool.end();
  const { host, port, user, database } = server;
  const environment = {
    ...process.env,
    ...serviceEnvironment(service.url),
    ...{ PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database },
  };
  const start = async (module: string, statements: readonly string[]): Promise<Start> => {
    const args = ['--input-type=module', '--eval', program(module, statements)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment, encoding: 'utf8' });
    return JSON.parse(stdout) as Start;
  };
  const ours: Start[] = [];
  const theirs: Start[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await start('pg', STATEMENTS.slice(0, 1)));
    ours.push(await start('pg-aws-ml', STATEMENTS));
    console.log(JSON.stringify({ round, pg: theirs.at(-1), 'pg-aws-ml': ours.at(-1) }));
  }
  const of = (starts: readonly Start[], value: (start: Start) => number | undefined) =>
    rounded(median(starts.map((one) => value(one) ?? Number.NaN)));
  console.log(
    JSON.stringify({
      'import, pg-aws-ml / pg': rounded(medianRatio(ours, theirs, (one) => one.importCpuMs)),
      'first plain statement, ms': [of(theirs, (one) => one.statementMs[0]), of(ours, (one) => one.statementMs[0])],
      'first ML statement, ms': of(ours, (one) => one.statementMs[1]),
      'first ML statement, ms of processor': of(ours, (one) => one.statementCpuMs[1]),
      'second ML statement, ms': of(ours, (one) => one.statementMs[2]),
    }),
  );
} finally {
  await service.stop();
  await server.stop();
}
