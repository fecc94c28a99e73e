import pg from 'pg';
import type { UserQuery } from './user-query.js';

interface QueryResult {
  _types?: unknown;
}

interface QueryInternals {
  readonly _rowMode?: unknown;
  readonly types?: unknown;
  _result: QueryResult;
  _results: unknown;
}

/**
 * Takes back what an answer has put into the result of a query of pg: another one follows.
 *
 * @returns false for a query of another class
 */
export function forgetResult(query: UserQuery): boolean {
  if (!(query instanceof pg.Query)) return false;
  const internals = query as unknown as QueryInternals;
  const { _result: former, _rowMode: rowMode, types } = internals;
  const result = Reflect.construct(former.constructor, [rowMode, types]) as QueryResult;
  // The client has set its own after the query was made.
  result._types = former._types;
  internals._result = result;
  internals._results = result;
  return true;
}
