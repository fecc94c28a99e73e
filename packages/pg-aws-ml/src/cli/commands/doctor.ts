import { Command } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { DoctorFlags } from '../doctor/run-doctor.js';

export function doctorCommand(): Command {
  return addConnectionOptions(new Command('doctor'))
    .description(
      'check the connection, the extension, privileges and access to AWS, and say what to fix; costs nothing',
    )
    .option('--models', 'compare the models with what is in AWS even where the database has none')
    .option('--json', 'print the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('../doctor/run-doctor.js');
      await runDoctor(flags);
    });
}
