import { mlFunctions } from 'aws-ml-core/ml-functions';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionFlags } from '../connect.js';
import type { AwsService } from '../doctor/aws-services.js';
import type { Finding } from '../doctor/check.js';
import { checkAws } from '../doctor/check-aws.js';
import { checkConnection, checkServerVersion } from '../doctor/check-connection.js';
import { checkExtension, checkPrivileges } from '../doctor/check-extension.js';
import { exitCodes } from '../failure.js';

interface DoctorFlags extends ConnectionFlags {
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  return addConnectionOptions(new Command('doctor'))
    .description('check connection, extension, privileges and the way to AWS, and say what to do; costs nothing')
    .option('--json', 'the findings as JSON')
    .action(run);
}

async function run(flags: DoctorFlags): Promise<void> {
  const services = [...new Set(mlFunctions.map(({ service }) => service))] satisfies AwsService[];
  const [database, aws] = await Promise.all([checkDatabase(flags), checkAws(flags, services)]);
  const findings = [...database, ...aws];
  process.stdout.write(flags.json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(describe).join(''));
  if (findings.some(({ status }) => status === 'failed')) process.exitCode = exitCodes.failed;
}

async function checkDatabase(flags: ConnectionFlags): Promise<Finding[]> {
  const { finding: connection, client } = await checkConnection(flags);
  if (client === undefined) return [connection];
  try {
    const { finding: extension, version } = await checkExtension(client);
    const privileges = version === undefined ? [] : await checkPrivileges(client, version);
    return [connection, await checkServerVersion(client), extension, ...privileges];
  } finally {
    await client.end();
  }
}

const marks = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ', skipped: 'skipped ' } as const;

function describe({ check, status, message, fix }: Finding): string {
  return `${marks[status]}${check}: ${message}\n${fix === undefined ? '' : `        -> ${fix}\n`}`;
}
