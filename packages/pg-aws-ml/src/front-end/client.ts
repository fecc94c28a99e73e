import pg from 'pg';
import { featureNotSupported } from '../server/database-error.js';
import type { ProtocolConnection, ServerMessage } from '../server/protocol-connection.js';
import type { TransactionStatus } from '../server/server-connection.js';
import { type AwsMlOptions, withHiddenCredentials } from './aws-ml-options.js';
import { type AwsMlState, type Interceptor, sharedState } from './interceptor.js';
import { MlQuery } from './ml-query.js';
import { copiesTable, type QueryArgument, type QueryConfig, statementText } from './query-config.js';
import type { UserQuery } from './user-query.js';

/** Kept, because applications put our class in its place in pg's module, for libraries that require pg themselves. */
const PgClient = pg.Client;

/** pg's client configuration, and ours beside it. */
export interface ClientConfig extends pg.ClientConfig {
  awsMl?: AwsMlOptions | undefined;
}

/**
 * pg's `Client`, which asks an interceptor about each statement. What doesn't concern it takes pg's own way, with the
 * arguments as they came and in the same tick.
 */
export abstract class InterceptingClient extends PgClient {
  constructor(config?: string | ClientConfig) {
    super(config);
    const options: ClientConfig & { [sharedState]?: AwsMlState; Promise?: PromiseConstructor } =
      typeof config === 'object' && config !== null ? config : {};
    const state = options[sharedState] ?? this.createOwnState(options.awsMl ?? {});
    const context = new ClientContext(state.createInterceptor(this), connectionOf(this), options.Promise ?? Promise);
    Object.defineProperty(this, clientContext, { value: context });
  }

  /** Makes the state of a client that belongs to no pool. */
  protected abstract createState(options: AwsMlOptions): AwsMlState;

  private createOwnState(options: AwsMlOptions): AwsMlState {
    const state = this.createState(withHiddenCredentials(options));
    this.once('end', () => state.close());
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
      if (text === undefined || !context.concerns(text, config)) return plainQuery(this, args);
      return isSubmittable(config)
        ? submitIntercepted(this, context, text, config, args.slice(1))
        : queryIntercepted(this, context, text, args);
    },
  },
  cancel: {
    configurable: true,
    writable: true,
    value: function cancel(this: InterceptingClient, target: InterceptingClient, query: object): void {
      const ours = contextOf(target)?.queries.get(query);
      (PgClient.prototype as unknown as Cancelling).cancel.call(this, target, ours ?? query);
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

/** What we keep for a client. */
class ClientContext {
  transactionStatus: TransactionStatus = 'I';
  readonly parsedStatements: Record<string, string>;
  /** Ours in the client's queue, by the application's own. */
  readonly queries = new WeakMap<object, MlQuery>();
  readonly run: Interceptor['run'];

  constructor(
    private readonly interceptor: Interceptor,
    connection: ProtocolConnection | undefined,
    readonly promiseClass: PromiseConstructor,
  ) {
    this.run = interceptor.run.bind(interceptor);
    this.parsedStatements = Object.create(connection?.parsedStatements ?? null);
    // The first listener: the client's own starts the next statement, which needs to know.
    connection?.on('readyForQuery', (message: ServerMessage) => {
      this.transactionStatus = message.status as TransactionStatus;
    });
    connection?.on('errorMessage', (message: ServerMessage) => interceptor.onServerError?.(message));
  }

  concerns(text: string, config: QueryArgument): boolean {
    if (isSubmittable(config) && copiesTable(text)) return false;
    return this.interceptor.concerns(text) || this.knowsName((config as QueryConfig).name);
  }

  /** Whether a prepared statement is ours alone: the server doesn't know the name. */
  private knowsName(name: unknown): boolean {
    return typeof name === 'string' && Object.hasOwn(this.parsedStatements, name);
  }
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
  enqueue(client, context, query, new MlQuery(query, text, query.query_timeout, context), rest);
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
  enqueue(client, context, query, new MlQuery(query, text, config.query_timeout, context), []);
  return result;
}

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
  process.nextTick(() => query.handleError(refusal, connectionOf(client)!));
}

function refusalOf(client: InterceptingClient): Error | undefined {
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
