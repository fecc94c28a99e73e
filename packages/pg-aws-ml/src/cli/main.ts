#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { installCommand, uninstallCommand } from './commands/install.js';
import { queryCommand } from './commands/query.js';
import { exitCodes, reportFailure } from './failure.js';

// The reader of our output has seen enough (`pg-aws-ml query … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.fine : exitCodes.failed);
});

const program = new Command('pg-aws-ml')
  .description("Aurora's machine-learning SQL (aws_ml) on any PostgreSQL")
  .addHelpText(
    'after',
    `
The connection comes from --url, or from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE as in psql; region, credentials
and endpoints of AWS from where the AWS SDK finds them (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_COMPREHEND, ...).

Exit status: 0 fine; 1 a statement or a check failed; 2 wrong command line or no connection.`,
  )
  .exitOverride();

for (const command of [queryCommand(), explainCommand(), installCommand(), uninstallCommand(), doctorCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

program.parseAsync().catch((error: unknown) => {
  // Commander has said what is wrong; help that was asked for is no failure.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.noStart;
  else process.exitCode = reportFailure(error);
});
