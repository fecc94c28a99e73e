#!/usr/bin/env node
import cluster from 'node:cluster';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { FatalError } from '../protocol/fatal-error.js';
import { defaults, type ProxyOptions } from '../proxy-options.js';
import { check } from './check.js';
import { exitCodes } from './exit-codes.js';
import { logWriter } from './log-writer.js';
import { type Flags, readOptions } from './read-options.js';
import { runAlone } from './run-alone.js';
import { runAmongOthers, superviseProcesses } from './run-processes.js';
import { allSettings, flagOf } from './settings.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('pg-aws-ml-proxy')
  .version(version, '-V, --version')
  .description("Aurora's machine-learning SQL (aws_ml) on any PostgreSQL, for any client")
  .exitOverride()
  .allowExcessArguments(false);
for (const [name, { argument, help }] of Object.entries(allSettings)) {
  program.option([flagOf(name), argument].filter(Boolean).join(' '), help);
}
program
  .option('--config <file>', 'options from a .json file or the default export of an .mjs file')
  .option('--check', 'try the options and the connection to the server, and end')
  .addHelpText(
    'after',
    `
Each option is looked for among the flags, in the environment (--max-clients is PG_AWS_ML_MAX_CLIENTS) and in the file of
--config (maxClients), in this order. A password belongs into the environment or the file, not into a flag.

SIGTERM waits for statements and transactions, a second one ends at once; SIGHUP reads the certificates again.
Exit status: 0 fine; 1 wrong options, or it cannot listen; 2 no connection to the server (--check).`,
  )
  .action(run);

async function run(flags: Flags): Promise<void> {
  const options = await readOptions(flags, process.env);
  if (flags.check === true) {
    process.stdout.write(`${(await check(options)).join('\n')}\n`);
    return;
  }
  const log = logWriter(options.logFormat ?? defaults.logFormat, options.logLevel ?? defaults.logLevel);
  await (cluster.isWorker ? runAmongOthers(options, log) : begin(options, log));
}

function begin(options: ProxyOptions, log: ReturnType<typeof logWriter>): Promise<void> {
  const { processes = 1 } = options;
  return processes === 1 ? runAlone(options, log) : superviseProcesses(processes, options, log);
}

program.parseAsync().catch((error: unknown) => {
  // Commander has said what is wrong; help that was asked for is no failure.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.fine : exitCodes.failed);
  process.stderr.write(`pg-aws-ml-proxy: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof FatalError ? exitCodes.noConnection : exitCodes.failed);
});
