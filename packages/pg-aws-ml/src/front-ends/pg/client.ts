import pg from 'pg';
import { type AwsMlOptions, checkedOptions } from '../../pool-state/aws-ml-options.js';
import { usesBuiltInsOnly } from '../../recognise/built-in-only.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { ProtocolConnection } from '../../server/protocol-connection.js';
import type { TransactionStatus } from '../../server/server-connection.js';
import type { Interceptor } from '../../session/interceptor.js';
import { type AwsMlState, sharedState } from './interceptor.js';
import { MlQuery } from './ml-query.js';
import { type NativeStatement, NativeWatch } from './native-watch.js';
import { asPgError } from './pg-error.js';
import { PlainStatement } from './plain-statement.js';
import {
  copiesFromClient,
  copiesTable,
  evaluates,
  type QueryArgument,
  type QueryConfig,
  statementText,
} from './query-config.js';
import type { ConnectionContext } from './statement-answer.js';
import type { UserQuery } from './user-query.js';

/** Kept, because applications put our class in its place in pg's module, for libraries that require pg themselves. */
const PgClient = pg.Client;

/** pg's client configuration, and ours beside it. */
export interface ClientConfig extends pg.ClientConfig {
  awsMl?: AwsMlOptions | undefined;
}

interface ClientOptions extends ClientConfig {
  readonly [sharedState]?: AwsMlState;
  readonly Promise?: PromiseConstructor;
  readonly connection?: unknown;
}

/**
 * pg's `Client`, which asks an interceptor about each statement. What doesn't concern it takes pg's own way, with the
 * arguments as they came and in the same tick.
 */
export abstract class InterceptingClient extends PgClient {
  constructor(config?: string | ClientConfig) {
    super(config);
    const options: ClientOptions = typeof config === 'object' && config !== null ? config : {};
    const state = options[sharedState] ?? this.createOwnState(options.awsMl);
    const context = new ClientContext(this, state.createInterceptor(this), options);
    Object.defineProperty(this, clientContext, { value: context });
  }

  /** Makes the state of a client that belongs to no pool. */
  protected abstract createState(options: AwsMlOptions): AwsMlState;

  private createOwnState(options: AwsMlOptions | undefined): AwsMlState {
    const state = this.createState(checkedOptions(options));
    this.once('end', () => void state.close());
    return state;
  }
}

// Not overridden in the class: its type would have to repeat the overloads of @types/pg, which differ by version.
Object.defineProperties(InterceptingClient.prototype, {
  query: {
    configurable: true,
    writable: true,
    value: function query(this: InterceptingClient, ...args: unknown[]): unknown {
      const config = args[0] as QueryArgument;
      const context = contextOf(this)!;
      const text = statementText(config, context.parsedStatements);
      if (text === undefined) return plainQuery(this, args);
      if (context.concerns(text, config) && !context.passesAtOnce(text, config)) {
        return isSubmittable(config)
          ? submitIntercepted(this, context, text, config, args.slice(1))
          : queryIntercepted(this, context, text, args);
      }
      return context.mayRunAgain(text, config)
        ? submitWatched(this, context, text, config, args.slice(1))
        : plainQuery(this, args);
    },
  },
  cancel: {
    configurable: true,
    writable: true,
    value: function cancel(this: InterceptingClient, target: InterceptingClient, query: object): void {
      const ours = contextOf(target)?.queries.get(query);
      (PgClient.prototype as unknown as Cancelling).cancel.call(this, target, ours?.queued ?? query);
      // The server ends this connection after it has cancelled what runs there; then we cancel what runs here.
      if (ours !== undefined) connectionOf(this)?.once('end', () => ours.cancel());
    },
  },
});

interface Cancelling {
  cancel(target: pg.Client, query: object): void;
}

const clientContext = Symbol('pg-aws-ml.context');

/** A property rather than a private field, which proxies of a client would not have. */
function contextOf(client: object): ClientContext | undefined {
  return (client as { [clientContext]?: ClientContext })[clientContext];
}

/** Undefined for a client of pg-native. */
function connectionOf(client: pg.Client): ProtocolConnection | undefined {
  return client.connection as unknown as ProtocolConnection | undefined;
}

/** A statement of ours, for those who have the application's query. */
interface RunningQuery {
  /** What stands in the client's queue. */
  readonly queued: object;
  /** Ends the statement as a CancelRequest does. */
  cancel(): void;
}

/** What we keep for a client. */
class ClientContext implements ConnectionContext {
  readonly parsedStatements: Record<string, string>;
  /** By the application's own query. */
  readonly queries = new WeakMap<object, RunningQuery>();
  readonly run: Interceptor['run'];
  readonly promiseClass: PromiseConstructor;
  /** The application drives the connection: we send nothing of our own unless a statement is known to need it. */
  private readonly drivenByCaller: boolean;
  private readonly watch: NativeWatch | undefined;

  constructor(
    private readonly client: pg.Client,
    private readonly interceptor: Interceptor,
    options: ClientOptions,
  ) {
    this.promiseClass = options.Promise ?? Promise;
    this.drivenByCaller = Boolean(options.connection);
    this.run = interceptor.run.bind(interceptor);
    const connection = connectionOf(client);
    this.parsedStatements = Object.create(connection?.parsedStatements ?? null);
    if (connection === undefined) return;
    this.watch = new NativeWatch(connection, {
      plainStatement: () => this.plainStatement(connection),
      reachedMl: (error, text = this.activeText()) => interceptor.reachedMl?.(error, text) ?? false,
      maySayMore: (error, text = this.activeText()) => interceptor.maySayMore?.(error, text) ?? false,
      refusal: () => refusalOf(client) as { hint?: string } | undefined,
    });
  }

  get transactionStatus(): TransactionStatus {
    return this.watch?.transactionStatus ?? 'I';
  }

  pass(statement: NativeStatement | undefined): void {
    this.watch?.pass(statement);
  }

  private activeText(): string | undefined {
    return statementText(activeQuery(this.client) as QueryArgument, this.parsedStatements);
  }

  private plainStatement(connection: ProtocolConnection): PlainStatement | undefined {
    const query = activeQuery(this.client);
    if (!(query instanceof pg.Query) || this.queries.has(query) || this.client.pipeline) return undefined;
    // By the `rows` option, pg reads through a portal and keeps the connection to itself.
    if ((query as { rows?: unknown }).rows) return undefined;
    return new PlainStatement(query as unknown as UserQuery, connection, this, (stopped) =>
      this.queries.set(query, stopped),
    );
  }

  concerns(text: string, config: QueryArgument): boolean {
    if (isSubmittable(config) && copiesTable(text) && !copiesFromClient(text)) return false;
    return this.interceptor.concerns(text) || this.knowsName((config as QueryConfig).name);
  }

  /**
   * Whether a statement goes to the server as it is, in the same tick, though the names of the database aren't known yet:
   * it needs none of them, or nothing of ours may go before it.
   */
  passesAtOnce(text: string, config: QueryArgument): boolean {
    if (!this.isUnsure(text, config)) return false;
    return this.client.pipeline || this.drivenByCaller || this.watch === undefined || usesBuiltInsOnly(text);
  }

  /** Whether a statement that had to wait for others doesn't concern us, now that it is its turn. */
  passesInTurn(text: string, query: UserQuery): boolean {
    return !this.interceptor.concerns(text) && !this.knowsName(query.name);
  }

  private isUnsure(text: string, config: QueryArgument): boolean {
    return (this.interceptor.isUnsure?.(text) ?? false) && !this.knowsName((config as QueryConfig).name);
  }

  /** Whether a submittable, such as a cursor, has to be submitted such that its statement could still become ours. */
  mayRunAgain(text: string, config: QueryArgument): config is QueryConfig & UserQuery {
    return (
      isSubmittable(config) && !(config instanceof pg.Query) && evaluates(text) && refusalOf(this.client) === undefined
    );
  }

  /** Whether a prepared statement is ours alone: the server doesn't know the name. */
  private knowsName(name: unknown): boolean {
    return typeof name === 'string' && Object.hasOwn(this.parsedStatements, name);
  }
}

/** From pg's own books: newer versions of pg warn whoever looks at `activeQuery`. */
function activeQuery(client: pg.Client): unknown {
  const books = client as { _activeQuery?: unknown; activeQuery?: unknown };
  return '_activeQuery' in client ? books._activeQuery : books.activeQuery;
}

function isSubmittable(config: QueryArgument): config is QueryConfig & UserQuery {
  return typeof config === 'object' && typeof config?.submit === 'function';
}

function plainQuery(client: InterceptingClient, args: readonly unknown[]): unknown {
  return Reflect.apply(PgClient.prototype.query, client, args);
}

function submitIntercepted(
  client: InterceptingClient,
  context: ClientContext,
  text: string,
  query: QueryConfig & UserQuery,
  rest: readonly unknown[],
): unknown {
  enqueue(client, context, query, ourQuery(query, text, query.query_timeout, context), rest);
  return query;
}

function submitWatched(
  client: InterceptingClient,
  context: ClientContext,
  text: string,
  query: QueryConfig & UserQuery,
  rest: readonly unknown[],
): unknown {
  const ours = new MlQuery(query, text, query.query_timeout, context, () => true);
  context.queries.set(query, ours);
  plainQuery(client, [ours, ...rest]);
  return query;
}

/** pg's own steps for a text or a configuration, up to the queue. */
function queryIntercepted(
  client: InterceptingClient,
  context: ClientContext,
  text: string,
  args: readonly unknown[],
): unknown {
  const [config, values, callback] = args as [QueryConfig, unknown, unknown];
  const query = Reflect.construct(pg.Query, [config, values, callback]) as UserQuery;
  let result: Promise<unknown> | undefined;
  if (!query.callback) {
    result = new context.promiseClass((resolve, reject) => {
      query.callback = (error, answer) => (error ? reject(error) : resolve(answer));
    }).catch((error: object) => {
      // The stack leads to the caller, not to the socket.
      Error.captureStackTrace(error);
      throw error;
    });
  } else if (typeof query.callback !== 'function') {
    throw new TypeError('callback is not a function');
  }
  enqueue(client, context, query, ourQuery(query, text, config.query_timeout, context), []);
  return result;
}

const ourQuery = (query: UserQuery, text: string, timeout: number | undefined, context: ClientContext): MlQuery =>
  new MlQuery(query, text, timeout, context, () => context.passesInTurn(text, query));

function enqueue(
  client: InterceptingClient,
  context: ClientContext,
  query: UserQuery,
  ours: MlQuery,
  rest: readonly unknown[],
): void {
  const refusal = refusalOf(client);
  if (refusal === undefined) {
    context.queries.set(query, ours);
    plainQuery(client, [ours, ...rest]);
    return;
  }
  const [callback] = rest.filter((argument) => typeof argument === 'function');
  if (callback !== undefined) query.callback ??= callback as NonNullable<UserQuery['callback']>;
  process.nextTick(() => query.handleError(asPgError(refusal), connectionOf(client)!));
}

function refusalOf(client: pg.Client): Error | undefined {
  if (connectionOf(client) === undefined) {
    return featureNotSupported('statements with ML calls cannot run through pg-native', "Use pg's JavaScript client.");
  }
  if (client.pipeline) {
    return featureNotSupported(
      'statements with ML calls cannot run in pipeline mode',
      'Use a client without the option "pipeline" for them.',
    );
  }
  return undefined;
}
