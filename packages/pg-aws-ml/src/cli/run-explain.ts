import type pg from 'pg';
import { withConnection } from './connect.js';
import type { ConnectionFlags } from './connection-options.js';
import { StatementFailure } from './failure.js';
import { readSql, splitStatements } from './read-sql.js';

/** JSON and YAML of a plan as the server writes them. */
const asText: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value };

export interface ExplainFlags extends ConnectionFlags {
  readonly file?: string;
  readonly analyze?: boolean;
  readonly verbose?: boolean;
}

export async function runExplain(sql: string | undefined, flags: ExplainFlags): Promise<void> {
  const statements = await splitStatements(await readSql(sql, flags.file));
  const options = [flags.analyze ? 'ANALYZE' : '', flags.verbose ? 'VERBOSE' : ''].filter((option) => option !== '');
  const prefix = options.length > 0 ? `EXPLAIN (${options.join(', ')}) ` : 'EXPLAIN ';
  await withConnection(flags, async (client) => {
    for (const statement of statements) {
      const text = `${prefix}${statement}`;
      const query = client.query<[unknown]>({ text, rowMode: 'array', types: asText });
      const { rows } = await query.catch((error: unknown) => {
        throw new StatementFailure(error, text);
      });
      process.stdout.write(`${rows.map(([line]) => line).join('\n')}\n`);
    }
  });
}
