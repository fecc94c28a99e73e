import { Command } from 'commander';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connect.js';
import { StatementFailure } from '../failure.js';
import { textTypes } from '../output/value-types.js';
import { readSql, splitStatements } from '../read-sql.js';

interface ExplainFlags extends ConnectionFlags {
  readonly file?: string;
  readonly analyze?: boolean;
  readonly verbose?: boolean;
}

export function explainCommand(): Command {
  return addConnectionOptions(new Command('explain'))
    .description('show the plan of a statement: what is batched, and why what is not')
    .argument('[sql]', 'the statement, without EXPLAIN')
    .option('-f, --file <path>', 'read the statement from a file')
    .option('--analyze', 'run it, with its requests, and show the batches')
    .option('--verbose', 'show what every node puts out')
    .action(run);
}

async function run(sql: string | undefined, flags: ExplainFlags): Promise<void> {
  const statements = await splitStatements(await readSql(sql, flags.file));
  const options = [flags.analyze ? 'ANALYZE' : '', flags.verbose ? 'VERBOSE' : ''].filter((option) => option !== '');
  const prefix = options.length > 0 ? `EXPLAIN (${options.join(', ')}) ` : 'EXPLAIN ';
  await withConnection(flags, async (client) => {
    for (const statement of statements) {
      const text = `${prefix}${statement}`;
      const query = client.query({ text, rowMode: 'array', types: textTypes });
      const { rows } = await query.catch((error: unknown) => {
        throw new StatementFailure(error, text);
      });
      process.stdout.write(`${rows.map(([line]) => line).join('\n')}\n`);
    }
  });
}
