import pg from 'pg';
import { AwsMlEngine } from './front-ends/pg/aws-ml-engine.js';
import { InterceptingClient } from './front-ends/pg/client.js';
import type { AwsMlState } from './front-ends/pg/interceptor.js';
import { InterceptingPool } from './front-ends/pg/pool.js';
import type { AwsMlOptions } from './pool-state/aws-ml-options.js';

export type { AwsMlErrorCode, FunctionStats, Spread } from 'aws-ml-core';
export { ConfigurationError } from 'aws-ml-options';
export type * from 'pg';
export { type AwsMlDatabaseError, isAwsMlError } from './aws-ml-error.js';
export type { CacheOptions } from './cache/cache-options.js';
export type { CacheTableStats } from './cache/cache-table-stats.js';
export type { AwsMl } from './front-ends/pg/aws-ml.js';
export type { ClientConfig } from './front-ends/pg/client.js';
export {
  Connection,
  DatabaseError,
  defaults,
  escapeIdentifier,
  escapeLiteral,
  Query,
  Result,
  TypeOverrides,
  types,
} from './front-ends/pg/pg-exports.js';
export type { PoolConfig } from './front-ends/pg/pool.js';
export type { BatchEvent } from './observability/batch-events.js';
export type { Logger } from './observability/log.js';
export type { AwsMlOptions } from './pool-state/aws-ml-options.js';
export type { AwsMlFailure } from './stubs/failed-call.js';

/** pg's `Client` with Aurora's machine-learning SQL. */
export class Client extends InterceptingClient {
  protected override createState(options: AwsMlOptions): AwsMlState {
    return new AwsMlEngine(options, this);
  }
}

/** pg's `Pool` with Aurora's machine-learning SQL. */
export class Pool extends InterceptingPool {
  protected override createState(options: AwsMlOptions): AwsMlState {
    return new AwsMlEngine(options, this);
  }

  protected override clientClass(): typeof Client {
    return Client;
  }
}

/** Everything that pg exports, `native` (lazy) and `utils` included, with our `Client` and `Pool`. */
const PG: Omit<typeof pg, 'Client' | 'Pool'> & { Client: typeof Client; Pool: typeof Pool } = Object.create(
  Object.getPrototypeOf(pg),
  {
    ...Object.getOwnPropertyDescriptors(pg),
    Client: { configurable: true, enumerable: true, writable: true, value: Client },
    Pool: { configurable: true, enumerable: true, writable: true, value: Pool },
  },
);

// The types that @types/pg has under the default import, under ours.
type OurClient = Client;
type OurPool = Pool;
type OurClientConfig = import('./front-ends/pg/client.js').ClientConfig;
type OurPoolConfig = import('./front-ends/pg/pool.js').PoolConfig;
declare namespace PG {
  export type ClientConfig = OurClientConfig;
  export type PoolConfig = OurPoolConfig;
  export type Client = OurClient;
  export type Pool = OurPool;
  export type QueryConfigValues<T> = pg.QueryConfigValues<T>;
  export type ConnectionConfig = pg.ConnectionConfig;
  export type Defaults = pg.Defaults;
  // biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
  export type QueryConfig<I = any[]> = pg.QueryConfig<I>;
  export type CustomTypesConfig = pg.CustomTypesConfig;
  export type Submittable = pg.Submittable;
  // biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
  export type QueryArrayConfig<I = any[]> = pg.QueryArrayConfig<I>;
  export type FieldDef = pg.FieldDef;
  export type QueryResultBase = pg.QueryResultBase;
  export type QueryResultRow = pg.QueryResultRow;
  // biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
  export type QueryResult<R extends pg.QueryResultRow = any> = pg.QueryResult<R>;
  // biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
  export type QueryArrayResult<R extends any[] = any[]> = pg.QueryArrayResult<R>;
  export type Notification = pg.Notification;
  // biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
  export type ResultBuilder<R extends pg.QueryResultRow = any> = pg.ResultBuilder<R>;
  export type QueryParse = pg.QueryParse;
  export type BindConfig = pg.BindConfig;
  export type ExecuteConfig = pg.ExecuteConfig;
  export type MessageConfig = pg.MessageConfig;
  export type PoolOptions = pg.PoolOptions;
  export type PoolClient = pg.PoolClient;
  export type ClientBase = pg.ClientBase;
  export type Query = pg.Query;
  export type Events = pg.Events;
  export type Connection = pg.Connection;
  export type DatabaseError = pg.DatabaseError;
  export type TypeOverrides = pg.TypeOverrides;
  export type Result = pg.Result;
}

export { PG as default, PG as 'module.exports' };
