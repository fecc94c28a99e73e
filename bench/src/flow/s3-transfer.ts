/**
 * Imports from S3 and exports to it, by `aws_s3` through the Pool and by hand: `psql \copy` and the AWS SDK (lib-storage).
 * Each in a process of its own, in turns, in one run; S3 is a process that keeps nothing. A line of JSON for each
 * measurement, then the ratios: 1 is as quick as by hand.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    /** For a process of one measurement alone. */
    task: { type: 'string' },
    url: { type: 'string' },
    database: { type: 'string' },
  },
});

const address = { Bucket: 'lake', Key: 'rows.csv' };
const aws = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

const contestants = { 'by hand': byHand, 'through the Pool': throughPool };
type Direction = 'import' | 'export';

if (flags.task !== undefined) await measure(flags.task, flags.url ?? '', flags.database ?? '');
else await compare(numberOf('gigabytes', flags.gigabytes, 0.01), numberOf('rounds', flags.rounds, 1));

async function measure(task: string, url: string, database: string): Promise<void> {
  const [direction, contestant] = task.split(': ') as [Direction, keyof typeof contestants];
  const started = performance.now();
  await contestants[contestant](direction, url, database);
  const seconds = rounded((performance.now() - started) / 1000);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ direction, contestant, seconds, megabytes });
  process.disconnect?.();
}

async function byHand(direction: Direction, url: string, database: string): Promise<void> {
  const client = new S3Client({ ...aws, endpoint: url, forcePathStyle: true });
  const copy =
    direction === 'import' ? '\\copy copied FROM STDIN (format csv)' : '\\copy copied TO STDOUT (format csv)';
  const psql = spawn('psql', ['-q', '-d', database, '-c', copy], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(psql, 'close');
  if (direction === 'import') {
    const { Body } = await client.send(new GetObjectCommand(address));
    await pipeline(Body as NodeJS.ReadableStream, psql.stdin);
  } else {
    const params = { ...address, Body: psql.stdout };
    await new Upload({ client, params, partSize: 8 * 1024 * 1024, queueSize: 4 }).done();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  client.destroy();
}

async function throughPool(direction: Direction, url: string, database: string): Promise<void> {
  const pool = new Pool({ connectionString: database, awsMl: { ...aws, endpoints: { s3: url } } });
  if (direction === 'import') {
    await pool.query("SELECT aws_s3.table_import_from_s3('copied', '', '(format csv)', 'lake', 'rows.csv')");
  } else {
    await pool.query(
      "SELECT * FROM aws_s3.query_export_to_s3('TABLE copied', 'lake', 'rows.csv', options := 'format csv')",
    );
  }
  await pool.end();
}

interface Measured {
  readonly direction: Direction;
  readonly contestant: keyof typeof contestants;
  readonly seconds: number;
  readonly megabytes: number;
}

async function compare(gigabytes: number, rounds: number): Promise<void> {
  const sink = fork(fileURLToPath(new URL('../service/s3-sink.js', import.meta.url)), [String(gigabytes * 1e9)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = await once(sink.stdout as NodeJS.ReadableStream, 'data');
  const url = String(line).trim();
  const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
  const pool = new Pool({ connectionString: server.connectionString });
  const measured: Measured[] = [];
  try {
    await pool.query('CREATE EXTENSION aws_s3 CASCADE');
    for (let round = 0; round < rounds; round++) {
      for (const direction of ['import', 'export'] as const) {
        for (const contestant of Object.keys(contestants)) {
          if (direction === 'import') {
            await pool.query('DROP TABLE IF EXISTS copied');
            await pool.query('CREATE UNLOGGED TABLE copied (id int, hex text, n int, words text)');
          }
          const result = await inProcess(`${direction}: ${contestant}`, url, server.connectionString);
          const rate = Math.round((gigabytes * 1000) / result.seconds);
          console.log(JSON.stringify({ ...result, gigabytes, 'MB/s': rate }));
          measured.push(result);
        }
      }
    }
    report(measured);
  } finally {
    await pool.end();
    await server.stop();
    sink.disconnect();
  }
}

async function inProcess(task: string, url: string, database: string): Promise<Measured> {
  const self = fileURLToPath(import.meta.url);
  const child: ChildProcess = fork(self, ['--task', task, '--url', url, '--database', database], { stdio: 'inherit' });
  let result: Measured | undefined;
  child.on('message', (message) => {
    result = message as Measured;
  });
  await once(child, 'close');
  if (result === undefined) throw new Error(`${task} has failed`);
  return result;
}

function report(measured: readonly Measured[]): void {
  const best = (direction: Direction, contestant: string) =>
    measured
      .filter((m) => m.direction === direction && m.contestant === contestant)
      .reduce((a, b) => (a.seconds <= b.seconds ? a : b));
  const rows = (['import', 'export'] as const).map((direction) => {
    const hand = best(direction, 'by hand');
    const ours = best(direction, 'through the Pool');
    return {
      direction,
      speed: rounded(hand.seconds / ours.seconds),
      'MB of memory': ours.megabytes,
      'by hand': hand.megabytes,
    };
  });
  console.table(rows);
}
