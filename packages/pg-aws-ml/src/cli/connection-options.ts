import { type Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';

export interface ConnectionFlags {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly dbname?: string;
  readonly region?: string;
  readonly onError?: 'fail' | 'null';
}

/** psql's options of the connection; so help is `--help` alone. */
export function addConnectionOptions(command: Command): Command {
  return command
    .helpOption('--help', 'display help for command')
    .option('-h, --host <name>', 'host of the server, or directory of its socket (default: PGHOST)')
    .option('-p, --port <number>', 'port of the server (default: PGPORT)', portNumber)
    .option('-U, --username <name>', 'role to connect as (default: PGUSER)')
    .option('-d, --dbname <name>', 'database, or a connection string (default: PGDATABASE)')
    .option('--url <url>', 'connection string: the same as --dbname')
    .option('--region <name>', 'AWS region (default: where the AWS SDK finds it)');
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('Not a port number.');
  return port;
}

/** What the options say, for pg: all else comes from the environment. */
export function clientConfig({ url, host, port, username, dbname }: ConnectionFlags): pg.ClientConfig {
  const connectionString = url ?? (dbname?.includes('://') ? dbname : undefined);
  return {
    application_name: 'pg-aws-ml',
    ...(connectionString !== undefined && { connectionString }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(username !== undefined && { user: username }),
    ...(dbname !== undefined && dbname !== connectionString && { database: dbname }),
  };
}
