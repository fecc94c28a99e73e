import { AsyncResource } from 'node:async_hooks';
import pg from 'pg';
import type { BatchEvent } from '../../observability/batch-events.js';
import { type AwsMlOptions, checkedOptions } from '../../pool-state/aws-ml-options.js';
import type { AwsMl } from './aws-ml.js';
import type { InterceptingClient } from './client.js';
import { type AwsMlState, sharedState } from './interceptor.js';

/** pg's pool configuration, and ours beside it. */
export interface PoolConfig extends pg.PoolConfig {
  awsMl?: AwsMlOptions | undefined;
}

type ConnectCallback = NonNullable<Parameters<pg.Pool['connect']>[0]>;

interface PoolInternals {
  readonly options: PoolConfig & { [sharedState]?: AwsMlState };
  Client: unknown;
}

/** pg's events, in a form to which those of every version of @types/pg can be assigned, and ours. */
export interface InterceptingPool {
  on(event: 'error' | 'release', listener: (err: Error, client: pg.PoolClient) => void): this;
  on(event: 'connect' | 'acquire' | 'remove', listener: (client: pg.PoolClient) => void): this;
  on(event: 'awsMl:batch', listener: (event: BatchEvent) => void): this;
}

/**
 * pg's `Pool` over clients that share one `AwsMlState`.
 *
 * A class of the user in `options.Client` wins. It runs statements with ML calls if it extends our client; any other is
 * used as it is, and there such statements reach the server unchanged.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: nothing but overloads of an inherited method
export abstract class InterceptingPool extends pg.Pool {
  constructor(config?: PoolConfig) {
    super(config);
    const internals = this as unknown as PoolInternals;
    const { options } = internals;
    const awsMl = checkedOptions(options.awsMl);
    if (options.awsMl !== undefined) options.awsMl = awsMl;
    Object.defineProperty(options, sharedState, { value: this.createState(awsMl) });
    internals.Client = options.Client || this.clientClass();
  }

  /** Statistics of this pool's ML calls. */
  get awsMl(): AwsMl {
    return stateOf(this);
  }

  protected abstract createState(options: AwsMlOptions): AwsMlState;

  /** The class of the clients where the options name none. */
  protected abstract clientClass(): typeof InterceptingClient;

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  // biome-ignore lint/suspicious/noConfusingVoidType: as pg declares it
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (!callback) return super.connect();
    // A client becomes free in the middle of what somebody else does; `query` goes on from there.
    super.connect(typeof callback === 'function' ? inThisContext(callback) : callback);
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    // pg's pool refuses a second end itself.
    if (this.ending) return callback ? super.end(callback) : super.end();
    if (!callback) return super.end().then(() => stateOf(this).close());
    super.end(() => void Promise.resolve(stateOf(this).close()).then(callback));
  }
}

/** AsyncResource.bind, whose result has a property of its own that takes longer to make than a query by key to send. */
function inThisContext(callback: ConnectCallback): ConnectCallback {
  const context = new AsyncResource('pg-aws-ml.connect');
  return (error, client, release) => context.runInAsyncScope(callback, undefined, error, client, release);
}

/** What the clients of a pool share. */
function stateOf(pool: InterceptingPool): AwsMlState {
  return (pool as unknown as PoolInternals).options[sharedState]!;
}
