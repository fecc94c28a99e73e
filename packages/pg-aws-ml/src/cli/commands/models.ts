import { Command } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { ModelsFlags } from '../models/run-models.js';

export function modelsCommand(): Command {
  return addConnectionOptions(new Command('models'))
    .description('list the models that you own or may use, and how far each is')
    .argument('[name...]', 'only these; with their schema, or of the search path')
    .option('--wait', 'go on with those that are being made, and end when all are ready or have failed')
    .option('--json', 'print them as JSON')
    .action(async (names: string[], flags: ModelsFlags) => {
      const { runModels } = await import('../models/run-models.js');
      await runModels(names, flags);
    });
}
