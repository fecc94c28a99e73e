#!/usr/bin/env node
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CassetteOptions } from '../cassette/cassette-options.js';
import type { LocalServicesOptions } from '../local-options.js';
import { startLocalServices } from '../local-services.js';
import { readConfigFile } from './config-file.js';

interface Flags {
  readonly port?: number;
  readonly host?: string;
  readonly config?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly region?: string;
  readonly data?: string;
  readonly bucket?: readonly string[];
}

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('aws-ml-local')
  .version(version, '-V, --version')
  .description('Amazon Comprehend, SageMaker Runtime, Bedrock Runtime and S3 on localhost')
  .option('--port <number>', 'port to listen on (default: any that is free)', portNumber)
  .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
  .option('--config <file>', 'options from a .json file or the default export of an .mjs file')
  .option('--region <name>', 'region to print, and to record from')
  .option(
    '--data <folder>',
    "keep S3's buckets and SageMaker's jobs, models and endpoints in a folder (default: in memory)",
  )
  .option('--bucket <name...>', 'buckets that are there from the start')
  .addOption(new Option('--record <file>', 'ask AWS, and add its answers to a cassette').conflicts('replay'))
  .addOption(new Option('--replay <file>', 'answer from a cassette alone'))
  .action(run);

async function run(flags: Flags): Promise<void> {
  const services = await startLocalServices(await optionsFrom(flags));
  const lines = Object.entries(services.environment).map(([name, value]) => `export ${name}=${value}`);
  // Made to be evaluated by a shell; what is for people is a comment.
  process.stdout.write(`# aws-ml-local listens on ${services.url}\n${lines.join('\n')}\n`);
  const stop = () => {
    void services.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

async function optionsFrom(flags: Flags): Promise<LocalServicesOptions> {
  const { port, host, region, data, bucket } = flags;
  const config = flags.config === undefined ? {} : await readConfigFile(flags.config);
  const cassette = cassetteFrom(flags, config.cassette);
  return {
    ...config,
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(region !== undefined && { region }),
    ...(cassette !== undefined && { cassette }),
    ...(data !== undefined && { data: resolve(data) }),
    ...(bucket !== undefined && { buckets: [...(config.buckets ?? []), ...bucket] }),
  };
}

/** The flags say what to do with a cassette and where it is; the rest stays as configured. */
function cassetteFrom(
  { record, replay, region }: Flags,
  configured: CassetteOptions | undefined,
): CassetteOptions | undefined {
  const path = record ?? replay;
  if (path === undefined) return configured;
  const upstream = { ...configured?.upstream, ...(region !== undefined && { region }) };
  return { ...configured, mode: record === undefined ? 'replay' : 'record', path: resolve(path), upstream };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('Not a port number.');
  return port;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`aws-ml-local: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
