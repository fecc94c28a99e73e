import pg from 'pg';
import type { AwsMl } from './aws-ml.js';
import { type AwsMlOptions, withHiddenCredentials } from './aws-ml-options.js';
import type { InterceptingClient } from './client.js';
import { type AwsMlState, sharedState } from './interceptor.js';

/** pg's pool configuration, and ours beside it. */
export interface PoolConfig extends pg.PoolConfig {
  awsMl?: AwsMlOptions | undefined;
}

interface PoolInternals {
  readonly options: PoolConfig & { [sharedState]?: AwsMlState };
  Client: unknown;
}

/**
 * pg's `Pool` over clients that share one `AwsMlState`.
 *
 * A class of the user in `options.Client` wins. It runs statements with ML calls if it extends our client; any other is
 * used as it is, and there such statements reach the server unchanged.
 */
export abstract class InterceptingPool extends pg.Pool {
  constructor(config?: PoolConfig) {
    super(config);
    const internals = this as unknown as PoolInternals;
    const { options } = internals;
    if (options.awsMl) options.awsMl = withHiddenCredentials(options.awsMl);
    Object.defineProperty(options, sharedState, { value: this.createState(options.awsMl ?? {}) });
    internals.Client = options.Client || this.clientClass();
  }

  /** Statistics of this pool's ML calls. */
  get awsMl(): AwsMl {
    return stateOf(this);
  }

  protected abstract createState(options: AwsMlOptions): AwsMlState;

  /** The class of the clients where the options name none. */
  protected abstract clientClass(): typeof InterceptingClient;

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    // pg's pool refuses a second end itself.
    if (this.ending) return callback ? super.end(callback) : super.end();
    if (!callback) return super.end().then(() => stateOf(this).close());
    super.end(() => {
      stateOf(this).close();
      callback();
    });
  }
}

/** What the clients of a pool share. */
function stateOf(pool: InterceptingPool): AwsMlState {
  return (pool as unknown as PoolInternals).options[sharedState]!;
}
