#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { startProxy } from '../proxy.js';
import type { ProxyOptions } from '../proxy-options.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('pg-aws-ml-proxy')
  .version(version, '-V, --version')
  .description("Aurora's machine-learning SQL (aws_ml) on any PostgreSQL, for any client")
  .option('--upstream <url>', 'the server: postgres://host:port (default: PGHOST, PGPORT)')
  .option('--listen <address>', '[host:]port for clients (default: 127.0.0.1:6432)')
  .option('--tls-cert <file>', 'certificate to show to clients, PEM')
  .option('--tls-key <file>', 'its private key, PEM')
  .action(async (flags: ProxyOptions) => {
    const { host, port } = await startProxy(flags);
    process.stderr.write(`pg-aws-ml-proxy: listening on ${host}:${port}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`pg-aws-ml-proxy: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
