#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { installCommand, uninstallCommand, upgradeCommand } from './commands/install.js';
import { modelsCommand } from './commands/models.js';
import { queryCommand } from './commands/query.js';
import { exitCodes, reportFailure } from './failure.js';
import { watchStandardOutput } from './output/standard-output.js';
import { version } from './version.js';

watchStandardOutput();
// Whoever runs a program can do nothing about those of its libraries.
process.noDeprecation = true;

const program = new Command('pg-aws-ml')
  .description("Aurora's machine-learning SQL (aws_ml) on any PostgreSQL")
  .version(version, '-V, --version')
  .addHelpText(
    'after',
    `
The connection comes from psql's options (-h, -p, -U, -d), or from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGPASSFILE and
PGDATABASE as in psql; region, credentials and endpoints of AWS from where the AWS SDK finds them (AWS_REGION, AWS_PROFILE,
AWS_ENDPOINT_URL_COMPREHEND, ...).

Exit status, as psql's: 0 fine; 1 wrong command line, no such file, output that cannot be written, or a check of doctor
that failed; 2 no connection, or it was lost; 3 a statement failed.`,
  )
  .exitOverride();

const commands = [
  ...[queryCommand(), explainCommand(), modelsCommand()],
  ...[installCommand(), upgradeCommand(), uninstallCommand(), doctorCommand()],
];
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
}

program.parseAsync().catch((error: unknown) => {
  // Commander has said what is wrong; help that was asked for is no failure.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.fatal;
  else process.exitCode = reportFailure(error);
});
