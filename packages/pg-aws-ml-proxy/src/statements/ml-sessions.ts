import { EventEmitter } from 'node:events';
import { type AwsMlOptions, type Connect, Engine, featureNotSupported, type PoolObserver } from 'pg-aws-ml/session';
import type { ClientSession } from '../relay/client-session.js';
import { MlInterceptor } from './ml-interceptor.js';

export interface UserEngine {
  readonly user: string;
  readonly database: string;
  readonly engine: Engine;
}

/** The engines of a proxy: one for each user in each database, whose privileges and names are its own. */
export class MlSessions {
  /** Gets the event `awsMl:batch`. */
  readonly events = new EventEmitter();
  readonly #options: AwsMlOptions;
  readonly #connectTo: (database: string) => Connect | undefined;
  readonly #engines = new Map<string, UserEngine>();
  readonly #observer: PoolObserver | undefined;

  /** @param observer is told what the statements of all of them do */
  constructor(
    options: AwsMlOptions,
    connectTo: (database: string) => Connect | undefined,
    observer: PoolObserver | undefined,
  ) {
    this.#options = options;
    this.#observer = observer;
    this.#connectTo = connectTo;
  }

  intercept(session: ClientSession): MlInterceptor {
    const user = session.startup.get('user') ?? '';
    const database = session.startup.get('database') ?? user;
    const key = JSON.stringify([user, database]);
    let own = this.#engines.get(key);
    if (own === undefined) {
      own = { user, database, engine: new Engine(this.#options, this.events, this.#observer) };
      this.#engines.set(key, own);
    }
    return new MlInterceptor(session, own.engine.openSession(this.#connectTo(database) ?? noConnection));
  }

  get engines(): readonly UserEngine[] {
    return [...this.#engines.values()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map(({ engine }) => engine.close()));
  }
}

const noConnection: Connect = () =>
  Promise.reject(
    featureNotSupported(
      'this statement needs a second connection, and the proxy has no credentials for one',
      'Give the proxy a user and a password in --upstream or --service-url.',
    ),
  );
