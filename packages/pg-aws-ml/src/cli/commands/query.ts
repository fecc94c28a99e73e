import { Command, Option } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { SqlSource } from '../read-sql.js';
import type { QueryFlags } from '../run-query.js';

export function queryCommand(): Command {
  const sources: SqlSource[] = [];
  return addConnectionOptions(new Command('query'))
    .description('run SQL from arguments, files or standard input, up to the first statement that fails')
    .argument(
      '[sql]',
      'the SQL; several statements are one transaction, unless they begin or end transactions themselves',
    )
    .option('-c, --command <sql>', 'the same as the argument; may be given several times', (sql: string) => {
      sources.push({ sql });
    })
    .option('-f, --file <path>', 'run the SQL in a file, one statement at a time', (file: string) => {
      sources.push({ file });
    })
    .addOption(new Option('--csv', 'CSV with a header').conflicts(['json', 'jsonLines']))
    .addOption(new Option('--json', 'an array of objects').conflicts('jsonLines'))
    .option('--json-lines', 'objects, one per line')
    .option('--stats', 'report what the ML calls cost on standard error')
    .addOption(
      new Option('--on-error <what>', 'on a failed ML call: fail the statement, or give NULL')
        .choices(['fail', 'null'])
        .default('fail'),
    )
    .action(async (sql: string | undefined, flags: QueryFlags) => {
      const { runQuery } = await import('../run-query.js');
      await runQuery(sql, sources, flags);
    });
}
