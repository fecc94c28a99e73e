import { Command } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { DoctorFlags } from '../doctor/run-doctor.js';

export function doctorCommand(): Command {
  return addConnectionOptions(new Command('doctor'))
    .description('check connection, extension, privileges and the way to AWS, and say what to do; costs nothing')
    .option('--json', 'the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('../doctor/run-doctor.js');
      await runDoctor(flags);
    });
}
