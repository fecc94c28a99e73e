import type pg from 'pg';
import { reasonOfDecline } from '../../src/pool-state/forced-way.js';

/** All that an application sees of a statement. Values are PostgreSQL's text. */
export type StatementOutcome =
  | {
      readonly command: string;
      readonly rowCount: number | null;
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | {
      readonly sqlState: string;
      readonly message: string;
      /** Why the way that was forced could not run the statement. */
      readonly declined?: string;
    };

interface Queryable {
  query(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult>;
}

export async function runForOutcome(
  connection: Queryable,
  text: string,
  values: readonly unknown[] | undefined,
  typeName: (oid: number) => Promise<string>,
): Promise<StatementOutcome> {
  let result: pg.QueryArrayResult;
  try {
    const types = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;
    result = await connection.query({ text, ...(values && { values: [...values] }), rowMode: 'array', types });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const declined = declineOf(error, message);
    return { sqlState: code ?? 'none', message, ...(declined !== undefined && { declined }) };
  }
  const columns: { name: string; type: string }[] = [];
  for (const { name, dataTypeID } of result.fields) columns.push({ name, type: await typeName(dataTypeID) });
  return { command: result.command, rowCount: result.rowCount, columns, rows: result.rows };
}

/** Why the way that was forced has declined a statement. Marks don't go over the wire: there the message tells. */
export const declineOf = (error: unknown, message: string): string | undefined =>
  reasonOfDecline(error) ?? /^the statement cannot run by \w+: (.*)/s.exec(message)?.[1];

/** What must be equal, whatever the order in which rows come and the words in which an error is put. */
export function comparable(outcome: StatementOutcome, rowsAreOrdered: boolean): unknown {
  if ('sqlState' in outcome) {
    return { sqlState: alike(outcome.sqlState) };
  }
  const rows = outcome.rows.map((row) => JSON.stringify(row));
  return { ...outcome, rows: rowsAreOrdered ? rows : rows.sort() };
}

function alike(sqlState: string): string {
  // The services have errors of many kinds; the native functions know one.
  if (sqlState.startsWith('38')) return '38…';
  // The native side takes each model input by a polymorphic function. VARIADIC "any" finds a parameter without a type later.
  return sqlState === '42P08' ? '42P18' : sqlState;
}

/** The names of types, which tell user types apart where OIDs differ between databases. */
export class TypeNameReader {
  readonly #names = new Map<number, string>();
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async nameOf(oid: number): Promise<string> {
    if (oid < 16384) return String(oid);
    let name = this.#names.get(oid);
    if (name === undefined) {
      const { rows } = await this.#client.query('SELECT format_type($1, NULL) AS name', [oid]);
      name = String(rows[0]?.name);
      this.#names.set(oid, name);
    }
    return name;
  }
}
