import { Command } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { ExplainFlags } from '../run-explain.js';

export function explainCommand(): Command {
  return addConnectionOptions(new Command('explain'))
    .description('show the plan of a statement: what is batched, what is not, and why')
    .argument('[sql]', 'the statement, without EXPLAIN')
    .option('-f, --file <path>', 'read the statement from a file')
    .option('--analyze', 'run the statement, requests included, and show the batches')
    .option('--verbose', 'show the output columns of every node')
    .action(async (sql: string | undefined, flags: ExplainFlags) => {
      const { runExplain } = await import('../run-explain.js');
      await runExplain(sql, flags);
    });
}
