import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ConnectionFlags } from '../connection-options.js';
import { exitCodes } from '../failure.js';
import type { AwsService } from './aws-services.js';
import type { Finding } from './check.js';
import { checkAws } from './check-aws.js';
import { checkConnection, checkServerVersion } from './check-connection.js';
import { checkExtension, checkPrivileges } from './check-extension.js';
import { checkModels } from './check-models.js';

export interface DoctorFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly models?: boolean;
}

export async function runDoctor(flags: DoctorFlags): Promise<void> {
  const services = [...new Set(mlFunctions.map(({ service }) => service))] satisfies AwsService[];
  const [database, aws] = await Promise.all([checkDatabase(flags), checkAws(flags, services)]);
  const findings = [...database, ...aws];
  process.stdout.write(flags.json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(describe).join(''));
  if (findings.some(({ status }) => status === 'failed')) process.exitCode = exitCodes.fatal;
}

async function checkDatabase(flags: DoctorFlags): Promise<Finding[]> {
  const { finding: connection, client } = await checkConnection(flags);
  if (client === undefined) return [connection];
  try {
    const { finding: extension, version } = await checkExtension(client);
    const privileges = version === undefined ? [] : await checkPrivileges(client, version);
    const models = await checkModels(client, flags);
    return [connection, await checkServerVersion(client), extension, ...privileges, ...models];
  } finally {
    await client.end();
  }
}

const marks = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ', skipped: 'skipped ' } as const;

function describe({ check, status, message, fix }: Finding): string {
  return `${marks[status]}${check}: ${message}\n${fix === undefined ? '' : `        -> ${fix}\n`}`;
}
