// Each suite runs against one address and says of each of its tests how it ended, and what it printed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installation, pgIsolationRegress, pgRegress } from './source.mjs';

export const suites = {
  libpq_pipeline: libpqPipeline,
  isolation: (door) => regress(door, 'isolation', pgIsolationRegress, 'isolation_schedule'),
  regress: (door) => regress(door, 'regress', pgRegress, 'parallel_schedule'),
};

/** Both drivers print a line for each test and keep what psql printed. */
async function regress({ directory, name, host, port, user, database }, suite, program, schedule) {
  const input = join(directory, 'test', suite);
  const output = join(directory, `${suite}-${name}`);
  mkdirSync(output);
  const { stdout } = await run(program, [
    '--use-existing',
    `--host=${host}`,
    `--port=${port}`,
    `--user=${user}`,
    `--dbname=${database}`,
    `--bindir=${join(installation, 'bin')}`,
    `--dlpath=${join(directory, 'modules')}`,
    `--inputdir=${input}`,
    `--outputdir=${output}`,
    `--schedule=${join(input, schedule)}`,
  ]);
  const results = new Map();
  for (const [, test, outcome] of stdout.matchAll(/^(?:test)?\s+(\S+)\s+\.\.\. (ok|FAILED)/gm)) {
    // What a test prints that passes is what it should print.
    const printed = outcome === 'ok' ? '' : readFileSync(join(output, 'results', `${test}.out`), 'utf8');
    results.set(test, { outcome, printed });
  }
  return results;
}

/** A trace is what libpq sent and got, without what differs from run to run; the source says of which tests it is always the same. */
async function libpqPipeline({ directory, name, host, port, user, database }) {
  const program = join(directory, 'libpq_pipeline');
  const address = `host=${host} port=${port} user=${user} dbname=${database}`;
  const results = new Map();
  for (const test of (await run(program, ['tests'])).stdout.trim().split(/\s+/)) {
    const traced = existsSync(join(directory, 'test', 'modules', name, 'traces', `${test}.trace`));
    const trace = join(directory, `${test}.trace`);
    const { code } = await run(program, [...(traced ? ['-t', trace] : []), '-r', '700', test, address]);
    results.set(test, { outcome: code === 0 ? 'ok' : 'FAILED', printed: traced ? readFileSync(trace, 'utf8') : '' });
  }
  return results;
}

/** The server writes into what they make, under an account of its own. */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', 'umask 0; exec "$0" "$@"', program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
