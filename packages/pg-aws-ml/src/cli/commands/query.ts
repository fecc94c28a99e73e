import { Command, Option } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { SqlSource } from '../read-sql.js';
import type { QueryFlags } from '../run-query.js';

export function queryCommand(): Command {
  const sources: SqlSource[] = [];
  return addConnectionOptions(new Command('query'))
    .description('run SQL: arguments, files, or standard input, to the first statement that fails')
    .argument('[sql]', 'the SQL; several statements make one transaction, unless they say otherwise')
    .option('-c, --command <sql>', 'the same as an argument; may stand several times', (sql: string) => {
      sources.push({ sql });
    })
    .option('-f, --file <path>', 'run the SQL of a file, each statement by itself', (file: string) => {
      sources.push({ file });
    })
    .addOption(new Option('--csv', 'CSV with a header').conflicts(['json', 'jsonLines']))
    .addOption(new Option('--json', 'an array of objects').conflicts('jsonLines'))
    .option('--json-lines', 'objects, one a line')
    .option('--stats', 'say on standard error what the ML calls cost')
    .addOption(new Option('--on-error <what>', 'what a failed ML call gives').choices(['fail', 'null']).default('fail'))
    .action(async (sql: string | undefined, flags: QueryFlags) => {
      const { runQuery } = await import('../run-query.js');
      await runQuery(sql, sources, flags);
    });
}
