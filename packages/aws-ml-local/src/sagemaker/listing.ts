import { validation } from './errors.js';

/** What every list shows and sorts by. Times are milliseconds since 1970. */
export interface Listed {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly status?: string;
}

/** Members of the requests of lists, of whatever kind. Times are seconds. */
export interface ListRequest {
  readonly SortBy?: string;
  readonly SortOrder?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly NameContains?: string;
  readonly StatusEquals?: string;
  readonly CreationTimeAfter?: number;
  readonly CreationTimeBefore?: number;
  readonly LastModifiedTimeAfter?: number;
  readonly LastModifiedTimeBefore?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly NextToken?: string;
}

export interface ListDefaults {
  readonly sortBy: string;
  readonly sortOrder: 'Ascending' | 'Descending';
}

/** The page of a list that a request asks for. */
export function listPage<T extends Listed>(all: Iterable<T>, request: ListRequest, defaults: ListDefaults): Page<T> {
  const chosen = [...all].filter((item) => matches(item, request));
  const key = SORT_KEYS[request.SortBy ?? defaults.sortBy] ?? nameKey;
  const sign = (request.SortOrder ?? defaults.sortOrder) === 'Descending' ? -1 : 1;
  chosen.sort((a, b) => sign * (compare(key(a), key(b)) || compare(a.name, b.name)));
  return pageOf(chosen, request);
}

/** Tokens hold the position, so that a page goes on where the one before has ended as long as nothing is added. */
export function pageOf<T>(
  sorted: readonly T[],
  { NextToken, MaxResults }: Pick<ListRequest, 'NextToken' | 'MaxResults'>,
  pageSize = 10,
): Page<T> {
  const from = NextToken === undefined ? 0 : positionOf(NextToken);
  const to = from + (MaxResults ?? pageSize);
  const items = sorted.slice(from, to);
  return to < sorted.length ? { items, NextToken: Buffer.from(`at:${to}`).toString('base64url') } : { items };
}

function positionOf(token: string): number {
  const position = /^at:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (position === undefined) throw validation('The NextToken is invalid.');
  return Number(position);
}

function matches(item: Listed, request: ListRequest): boolean {
  const { NameContains = '', StatusEquals } = request;
  return (
    item.name.includes(NameContains) &&
    (StatusEquals === undefined || item.status === StatusEquals) &&
    within(item.createdAt, request.CreationTimeAfter, request.CreationTimeBefore) &&
    within(item.modifiedAt, request.LastModifiedTimeAfter, request.LastModifiedTimeBefore)
  );
}

const within = (at: number, after = -Infinity, before = Infinity) => at >= after * 1000 && at <= before * 1000;

const nameKey = ({ name }: Listed): string | number => name;
const SORT_KEYS: Readonly<Record<string, (item: Listed) => string | number>> = {
  Name: nameKey,
  CreationTime: ({ createdAt }) => createdAt,
  Status: ({ status }) => status ?? '',
};

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
