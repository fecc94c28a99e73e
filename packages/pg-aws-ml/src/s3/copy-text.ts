import type { CopyStmt } from '@pgsql/types';
import { type Node, parseStatements } from 'pg-rewriter';
import { DatabaseError, databaseError } from '../server/database-error.js';

/** A COPY that was put together of texts, each of which says no more than it is asked for. */
export interface CopyText {
  readonly text: string;
  readonly node: Node;
}

/** What an export copies: texts as the caller wrote them. */
export interface CopyToParts {
  readonly query: string;
  /** COPY's options as they stand within its parentheses; empty for none. */
  readonly options: string;
}

/** What an import copies into, and how. */
export interface CopyFromParts {
  readonly table: string;
  /** Separated by commas, without parentheses; empty for all. */
  readonly columns: string;
  /** COPY's options, in parentheses or in the manner of old; empty for none. */
  readonly options: string;
}

type Parse = (text: string) => readonly { readonly node: Node }[];

/**
 * `COPY (query) TO STDOUT WITH (options)`.
 *
 * @throws DatabaseError where one of them says anything else: the texts may come from rows
 */
export function copyToText({ query, options }: CopyToParts, parse: Parse = parseStatements): CopyText {
  if (/;\s*$/.test(query) && !isEmpty(query)) {
    throw invalid('42601', 'the query to be exported ends with a semicolon', 'Leave it out.');
  }
  const alone = parsed(query, parse);
  if (alone.length !== 1) throw invalid('42601', 'the query to be exported is not one statement', ONE_QUERY);
  const plain = copyOf(`COPY (${query}\n) TO STDOUT`, parse);
  const isQuery = plain !== undefined && !plain.is_from && plain.query !== undefined && isBare(plain);
  if (!isQuery || !same(plain.query, alone[0]?.node)) {
    throw invalid('42601', 'the query to be exported is not one statement that gives rows', ONE_QUERY);
  }
  const list = inParentheses(options);
  if (list === '') return copyText(`COPY (${query}\n) TO STDOUT`, parse);
  const withOptions = copyOf(`COPY (SELECT) TO STDOUT WITH (${list}\n)`, parse, OPTIONS);
  if (withOptions === undefined || withOptions.is_from || !isBare({ ...withOptions, options: [] })) {
    throw invalid('42601', OPTIONS.message, OPTIONS.hint);
  }
  return copyText(`COPY (${query}\n) TO STDOUT WITH (${list}\n)`, parse, withOptions.options);
}

/**
 * `COPY table (columns) FROM STDIN options`.
 *
 * @throws DatabaseError where one of them says anything else: the texts may come from rows
 */
export function copyFromText({ table, columns, options }: CopyFromParts, parse: Parse = parseStatements): CopyText {
  const target = copyOf(`COPY ${table}\n FROM STDIN`, parse, TABLE);
  if (target?.relation === undefined || !target.is_from || !isBare(target) || target.attlist !== undefined) {
    throw invalid('42602', TABLE.message, TABLE.hint);
  }
  const list = isEmpty(columns) ? '' : ` (${columns}\n)`;
  const named = copyOf(`COPY t${list} FROM STDIN`, parse, COLUMNS);
  if (named === undefined || !named.is_from || !isBare(named)) throw invalid('42602', COLUMNS.message, COLUMNS.hint);
  const tail = isEmpty(options) ? '' : ` ${options}\n`;
  const withOptions = copyOf(`COPY t FROM STDIN${tail}`, parse, OPTIONS);
  if (withOptions === undefined || !withOptions.is_from || !isBare({ ...withOptions, options: [] })) {
    throw invalid('42601', OPTIONS.message, OPTIONS.hint);
  }
  const whole = `COPY ${table}\n${list} FROM STDIN${tail}`;
  const all = copyText(whole, parse, withOptions.options);
  const copy = 'CopyStmt' in all.node ? all.node.CopyStmt : undefined;
  if (!same(copy?.relation, target.relation) || !same(copy?.attlist, named.attlist)) {
    throw invalid('42601', 'the arguments of the import make no COPY', undefined);
  }
  return all;
}

interface Complaint {
  readonly message: string;
  readonly hint: string;
}

const ONE_QUERY = 'Give one SELECT, or another statement that returns rows, without a semicolon at its end.';

const OPTIONS: Complaint = {
  message: 'the options are not those of a COPY',
  hint: "Give COPY's options and nothing else, such as format csv, header true.",
};

const TABLE: Complaint = {
  message: 'table_name is not the name of a table',
  hint: 'Give a name as in SQL, with its schema if need be: public.orders, or "Orders".',
};

const COLUMNS: Complaint = {
  message: 'column_list is not a list of columns',
  hint: 'Give names as in SQL, separated by commas; an empty text stands for all columns.',
};

/** The COPY that a text is; undefined where it is something else. */
function copyOf(text: string, parse: Parse, complaint?: Complaint): CopyStmt | undefined {
  const [only, more] = parsed(text, parse, complaint);
  return only !== undefined && more === undefined && 'CopyStmt' in only.node ? only.node.CopyStmt : undefined;
}

/** Whether a COPY moves data over the connection, and has nothing but its source or target. */
const isBare = ({ filename, is_program, whereClause, options }: CopyStmt): boolean =>
  !filename && !is_program && whereClause === undefined && (options ?? []).length === 0;

/** The whole, with exactly these options. */
function copyText(text: string, parse: Parse, options: readonly Node[] | undefined = []): CopyText {
  const copy = copyOf(text, parse);
  const known = copy !== undefined && isBare({ ...copy, options: [] }) && same(copy.options ?? [], options);
  if (!known) throw invalid('42601', OPTIONS.message, OPTIONS.hint);
  return { text, node: { CopyStmt: copy } };
}

function parsed(text: string, parse: Parse, complaint?: Complaint): readonly { readonly node: Node }[] {
  try {
    return parse(text);
  } catch (error) {
    if (complaint !== undefined) throw invalid('42601', complaint.message, complaint.hint);
    throw new DatabaseError({ severity: 'ERROR', code: '42601', message: (error as Error).message, hint: ONE_QUERY });
  }
}

/** Aurora wants them without parentheses; those of COPY's own syntax are no reason to refuse. */
function inParentheses(options: string): string {
  const text = options.trim();
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1).trim() : text;
}

const isEmpty = (text: string): boolean => text.trim() === '';

/** Whether two trees are the same, wherever they stand in their texts. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a, placeless) === JSON.stringify(b, placeless);

const placeless = (key: string, value: unknown): unknown =>
  key === 'location' || key === 'stmt_location' || key === 'stmt_len' || key.endsWith('_location') ? undefined : value;

const invalid = (code: string, message: string, hint: string | undefined): DatabaseError =>
  databaseError(code, message, hint === undefined ? {} : { hint });
