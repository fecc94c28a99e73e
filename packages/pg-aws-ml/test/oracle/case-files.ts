import { readdirSync, readFileSync } from 'node:fs';
import { parseStatements } from 'pg-rewriter';
import { WAYS, type Way } from './ways.js';

/** One statement of `cases/<topic>.sql`. The comment before it describes it, and sets what follows `@`. */
export interface OracleCase {
  readonly topic: string;
  readonly title: string;
  readonly sql: string;
  /** `@params`: a JSON array. */
  readonly params: readonly unknown[] | undefined;
  /**
   * `@sites`: how many batches of one service may be incomplete: call sites that cannot share requests because one
   * waits for the other, or because they read different queries. Default 1.
   */
  readonly sites: number;
  /** `@then`: a query over what the statement wrote. */
  readonly written: string | undefined;
  /** `@undo`: takes back what it wrote. */
  readonly undo: string | undefined;
  /** `@replay`: need not be split. */
  readonly replay: boolean;
  /**
   * `@calls`: how many function calls are counted, compared with native evaluation. `fewer` where that calls for rows
   * or columns that the statement doesn't need, or evaluates an expression twice (BETWEEN); `more` where the Pool calls
   * for each pair of joined rows, or the server keeps the rows of a lateral item (Memoize). Default `equal`; under LIMIT or
   * OFFSET never more.
   */
  readonly calls: 'equal' | 'fewer' | 'more';
  /** `@known <ways> <reason>`: the ways that are known to answer otherwise, with the reason. */
  readonly known: ReadonlyMap<Way, string>;
  /** `@any-rows`: the statement leaves open which rows it returns. */
  readonly anyRows: boolean;
  /** Whether the order of its rows is defined. */
  readonly ordered: boolean;
}

const FOLDER = new URL('cases/', import.meta.url);

export const topics: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length));

/** The cases of a topic; the parser must be loaded. */
export function casesOf(topic: string): OracleCase[] {
  const file = readFileSync(new URL(`${topic}.sql`, FOLDER), 'utf8');
  let end = 0;
  return parseStatements(file).map(({ node, text }) => {
    const start = file.indexOf(text, end);
    const header = file
      .slice(end, start)
      .split('\n')
      .filter((line) => line.startsWith('--'))
      .map((line) => line.slice(2).trim());
    end = start + text.length;
    const ordered = 'SelectStmt' in node && node.SelectStmt.sortClause !== undefined;
    return { topic, sql: text, ordered, ...settingsOf(header, text) };
  });
}

function settingsOf(header: readonly string[], sql: string): Omit<OracleCase, 'topic' | 'sql' | 'ordered'> {
  const settings = new Map(
    header
      .filter((line) => line.startsWith('@'))
      .map((line) => {
        const [name = '', ...value] = line.slice(1).split(' ');
        return [name, value.join(' ')];
      }),
  );
  const params = settings.get('params');
  return {
    title: header.filter((line) => !line.startsWith('@')).join(' ') || sql.replace(/\s+/g, ' '),
    params: params === undefined ? undefined : (JSON.parse(params) as unknown[]),
    sites: Number(settings.get('sites') ?? 1),
    written: settings.get('then'),
    undo: settings.get('undo'),
    replay: settings.has('replay'),
    calls: (settings.get('calls') ?? 'equal') as OracleCase['calls'],
    anyRows: settings.has('any-rows'),
    known: knownIn(settings.get('known')),
  };
}

function knownIn(setting = ''): Map<Way, string> {
  const [ways = '', ...reason] = setting.split(' ');
  return new Map(WAYS.filter((way) => ways.split(',').includes(way)).map((way) => [way, reason.join(' ')]));
}
