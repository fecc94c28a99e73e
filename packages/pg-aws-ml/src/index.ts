import pg from 'pg';
import type { AwsMlOptions } from './front-end/aws-ml-options.js';
import { InterceptingClient } from './front-end/client.js';
import type { AwsMlState } from './front-end/interceptor.js';
import { InterceptingPool } from './front-end/pool.js';

export type * from 'pg';
export type { AwsMlOptions } from './front-end/aws-ml-options.js';
export type { ClientConfig } from './front-end/client.js';
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
} from './front-end/pg-exports.js';
export type { PoolConfig } from './front-end/pool.js';

/** pg's `Client` with Aurora's machine-learning SQL. */
export class Client extends InterceptingClient {
  protected override createState(_options: AwsMlOptions): AwsMlState {
    return passThroughState;
  }
}

/** pg's `Pool` with Aurora's machine-learning SQL. */
export class Pool extends InterceptingPool {
  protected override createState(_options: AwsMlOptions): AwsMlState {
    return passThroughState;
  }

  protected override clientClass(): typeof Client {
    return Client;
  }
}

/** Until the engine is wired in, every statement takes pg's own way. */
const passThroughState: AwsMlState = {
  createInterceptor: () => ({ concerns: () => false, run: async () => 'pass-through' }),
  close: () => {},
};

type PgModule = Omit<typeof pg, 'Client' | 'Pool'> & { Client: typeof Client; Pool: typeof Pool };

/** Everything that pg exports, `native` (lazy) and `utils` included, with our `Client` and `Pool`. */
const PG: PgModule = Object.create(Object.getPrototypeOf(pg), {
  ...Object.getOwnPropertyDescriptors(pg),
  Client: { configurable: true, enumerable: true, writable: true, value: Client },
  Pool: { configurable: true, enumerable: true, writable: true, value: Pool },
});

export { PG as default, PG as 'module.exports' };
